/**
 * What the functions that run in the page use of its DOM. The checkout has no DOM types, because
 * nothing else in it runs in a browser and must not use them by mistake.
 */
export interface PageElement {
  readonly id: string;
  readonly className: string;
  readonly classList: Iterable<string> & { contains(name: string): boolean };
  readonly textContent: string | null;
  /** Null while it, or what it is in, is not displayed. */
  readonly offsetParent: unknown;
  readonly style: { readonly height: string; readonly width: string };
  readonly value?: string;
  readonly placeholder?: string;
  getAttribute(name: string): string | null;
  closest(selector: string): PageElement | null;
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): Iterable<PageElement>;
  getBoundingClientRect(): {
    readonly top: number;
    readonly left: number;
    readonly width: number;
    readonly height: number;
  };
}

/** `globalThis` in the page. */
export interface PageGlobals {
  readonly document: PageElement;
  getComputedStyle(
    element: PageElement,
    pseudo?: string,
  ): {
    readonly content: string;
    readonly backgroundImage: string;
    readonly backgroundColor: string;
  };
}

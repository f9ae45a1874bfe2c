declare const brand: unique symbol;

/** A base type that only accepts values made for one purpose, so that two number spaces can't be mixed. */
export type Branded<Base, Name extends string> = Base & { readonly [brand]: Name };

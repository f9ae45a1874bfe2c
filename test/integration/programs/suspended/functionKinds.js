import { expectGroups, sourceOf } from "./program.js";

const gates = [];
const gate = () => new Promise((resolve) => gates.push(resolve));
globalThis.gates = gates;

class Store {
  /* load begins */ async load() {
    await gate(); /* load */
  }

  /* #save begins */ async #save() {
    await gate(); /* #save */
  }

  /* save begins */ save = async () => {
    await this.#save(); /* save */
  };

  /* open begins */ static async open() {
    await gate(); /* open */
  }

  /* with spaces begins */ async "with spaces"() {
    await gate(); /* with spaces */
  }
}

/* arrow begins */ const arrow = async () => {
  await gate(); /* arrow */
};

/* short begins */ const short = async () => await gate(); /* short */

const api = {
  /* method begins */ async method() {
    await gate(); /* method */
  },
  /* property begins */ property: async function () {
    await gate(); /* property */
  },
  [Symbol.asyncIterator]: async function* () {},
};

/* named begins */ const expression = async function named() {
  await gate(); /* named */
};

function outer() {
  /* inner begins */ return async () => {
    await gate(); /* inner */
  };
}

/* parameters begins */ async function parameters(first = gate()) {
  /* nested begins */ const nested = async () => {
    await first; /* nested */
  };
  await nested(); /* parameters */
}

const store = new Store();
void store.load();
void store.save();
void Store.open();
void store["with spaces"]();
void arrow();
void short();
void api.method();
void api.property();
void expression();
void outer()();
/* once begins */ void (async () => {
  await gate(); /* once */
})();
/* anonymous begins */ void (async function () {
  await gate(); /* anonymous */
})();
void parameters();

const { awaiting } = sourceOf(import.meta.url);
const waitsFor = ["queue", "gates[…]"];
const alone = (name, options) => ({ frames: [awaiting(name, options)], waitsFor });
expectGroups([
  alone("load"),
  { frames: [awaiting("#save"), awaiting("save")], waitsFor },
  alone("open"),
  alone("with spaces"),
  alone("arrow"),
  alone("short"),
  alone("method"),
  alone("property"),
  alone("named"),
  alone(null, { mark: "inner" }),
  alone(null, { mark: "once" }),
  alone(null, { mark: "anonymous" }),
  { frames: [awaiting("nested"), awaiting("parameters")], waitsFor },
]);

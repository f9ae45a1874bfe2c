/** Fills its heap with records of a few classes that refer to each other, and writes it: `node recordsHeap.cjs COUNT FILE`. */
const { writeHeapSnapshot } = require("node:v8");

const [count, file] = process.argv.slice(2);

class Customer {
  constructor(id) {
    this.id = id;
    this.name = `customer ${id}`;
    this.orders = [];
  }
}

class Order {
  constructor(id, customer) {
    this.id = id;
    this.customer = customer;
    this.lines = new Map([[id, { product: `product ${id % 997}`, amount: id / 7 }]]);
    this.onPaid = () => customer.orders.indexOf(this);
  }
}

globalThis.kept = [];
let state = 1;
const random = (below) => {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0;
  return state % below;
};
for (let id = 0; id < Number(count); id++) {
  const customer = new Customer(id);
  globalThis.kept.push(customer);
  for (let order = 0; order < 3; order++) {
    const owner = globalThis.kept[random(globalThis.kept.length)];
    owner.orders.push(new Order(id * 3 + order, customer));
  }
}
writeHeapSnapshot(file);

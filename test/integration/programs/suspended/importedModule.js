import "./awaitingModule.js";

/** Does not run before the other one has. */
export const isLoaded = true;

import { basename } from "node:path";

/** `server.js` of `/usr/bin/node --inspect /srv/app/server.js --port 80`. */
export function shortCommand(command: string): string {
  const [program = "node", ...words] = command.split(" ");
  const script = words.find((word) => !word.startsWith("-"));
  return basename(script ?? program);
}

/** `host:port`, `:port`, `[::1]:port`, or the `ws://` address that Node prints. */
export const isAddress = (text: string): boolean =>
  /^wss?:\/\/\S+$/i.test(text) || /^(?:\[[0-9a-f:.]+\]|[^\s/:[\]]*):\d{1,5}$/i.test(text);

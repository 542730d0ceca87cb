// Logs what the operating system does on some I/O ports: the clock's (0x70, 0x71), and where firmware reports (0x80)

import { guest, IoExit, IoMap, Level, line, logNumber, Next, onIo, onLeave, startRoot } from "@bareflank/sdk";

/** The first accesses are logged one by one, so that the debug ring keeps room for others. */
const LOGGED: u64 = 64;

let accesses: u64 = 0; // on this processor

/** Called on each processor when it starts: the operating system becomes its root VS. */
export function bootstrap(ppid: u32): Next {
  IoMap.create().use(startRoot(ppid)).trap(0x70, 0x71).trap(0x80, 0x80);
  onIo(log);
  onLeave(() => {
    logNumber("port accesses: ", accesses);
  });
  return Next.Run;
}

/** Does what the operating system wants, and says what it was. */
function log(exit: IoExit): bool {
  exit.passThrough();
  accesses++;
  if (accesses > LOGGED) return true;
  const text = line(Level.Info)
    .text(exit.isInput ? "IN " : "OUT ")
    .hex(exit.port)
    .text(", ")
    .decimal(exit.bytes);
  if (exit.isString) text.text(" bytes, a string");
  else text.text(" bytes: ").hex(exit.value);
  text.text(" at RIP ").hex(guest.rip).end();
  return true;
}

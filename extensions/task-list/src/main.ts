// Tells which tasks Linux has, read from its memory, whenever `bfm vmcall` asks
//
//     bfm vmcall 0x7461736b          all of them into the debug ring; RBX: how many
//     bfm vmcall 0x7461736b PID      one; RBX: where its task_struct is, RCX and RDX: its name
//
// Where Linux has what comes with the settings, which offsets.mjs prints.

import {
  ACCESS_READ,
  guest,
  guestWord,
  HypercallExit,
  Instruction,
  Level,
  Line,
  line,
  Next,
  nativeAddress,
  onHypercall,
  readGuestVirtual,
  settingNumber,
  startRoot,
} from "@bareflank/sdk";

const TASKS: u64 = 0x7461_736b;
const DONE: u64 = 0;
/** The list leads to what is not mapped, or does not end. */
const BROKEN: u64 = 1;
const NO_SUCH_TASK: u64 = 2;

/** More tasks than Linux gives numbers to by default: a list that was bent into a circle must not cost the processor. */
const MOST_TASKS: u64 = 32768;
const NAME_BYTES: u32 = 16;
/** No task has this number. */
const NOBODY: u32 = 0xffff_ffff;
/** What guestWord() gives where nothing is mapped; no address of Linux's is odd. */
const NOTHING: u64 = 1;

/** Offsets in task_struct. */
let tasks: u64 = 0;
let pid: u64 = 0;
let comm: u64 = 0;
let mm: u64 = 0;
/** The task that the list begins with. */
let first: u64 = 0;

/** Name of the task that is looked at. */
const name: usize = memory.data(16, 8);

/** Called on each processor when it starts: the operating system becomes its root VS. */
export function bootstrap(ppid: u32): Next {
  const root = startRoot(ppid);
  tasks = settingNumber("task_struct.tasks", 0);
  pid = settingNumber("task_struct.pid", 0);
  comm = settingNumber("task_struct.comm", 0);
  mm = settingNumber("task_struct.mm", 0);
  first = settingNumber("init_task", 0);
  if (tasks == 0 || pid == 0 || comm == 0 || mm == 0 || first == 0) {
    line(Level.Error).text("settings are missing: node offsets.mjs prints them, in the Linux that it is for").end();
    return Next.Fail;
  }
  onHypercall(answer);
  root.intercept(Instruction.Hypercall);
  return root.hideHypervisor() ? Next.Run : Next.Fail;
}

/** Only the kernel may ask: its page tables are the ones that show its memory. */
function answer(exit: HypercallExit): bool {
  if (exit.number != TASKS || !exit.isPrivileged) return false;
  exit.result = guest.rbx == 0 ? list() : find(<u32>guest.rbx);
  return true;
}

function list(): u64 {
  // To its end at first: a list without one must not fill the debug ring
  if (find(NOBODY) != NO_SUCH_TASK) return BROKEN;
  let count: u64 = 0;
  let task = first;
  do {
    if (count++ == MOST_TASKS || !readName(task)) return BROKEN;
    write(line(Level.Info).text("task ").decimal(numberOf(task)).text(" "), guestWord(task + mm, NOTHING) == 0);
    task = next(task);
  } while (task != first);
  guest.rbx = count;
  return DONE;
}

function find(number: u32): u64 {
  let count: u64 = 0;
  let task = first;
  do {
    if (count++ == MOST_TASKS || !readName(task)) return BROKEN;
    if (numberOf(task) == number) {
      guest.rbx = task;
      guest.rcx = load<u64>(name);
      guest.rdx = load<u64>(name, 8);
      return DONE;
    }
    task = next(task);
  } while (task != first);
  return NO_SUCH_TASK;
}

/** The task behind another one: `tasks` holds the address of its `tasks`. */
function next(task: u64): u64 {
  return guestWord(task + tasks, NOTHING) - tasks;
}

function numberOf(task: u64): u32 {
  return <u32>guestWord(task + pid, 0);
}

/** False: there is no task. */
function readName(task: u64): bool {
  return readGuestVirtual(nativeAddress(<u32>name), task + comm, NAME_BYTES, ACCESS_READ);
}

/** The name, in brackets for a thread of the kernel's, as ps does it. */
function write(line: Line, isKernels: bool): void {
  if (isKernels) line.put(0x5b);
  for (let i: u32 = 0; i < NAME_BYTES && load<u8>(name + i) != 0; i++) line.put(load<u8>(name + i));
  if (isKernels) line.put(0x5d);
  line.end();
}

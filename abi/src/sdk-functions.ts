// What C, C++ and Rust have of the SDK for TypeScript: from this list come the declarations of all three
//
// sdk/c/exports has each function, under the name that it has in C. What an extension uses is compiled into it, and nothing else.

/** What a function is about. Of a class it is a method; otherwise it is one of a namespace, or of none. */
export interface SdkGroup {
  /** In C++ and Rust; `Vs` is there already, and gets these methods. */
  readonly class?: string;
  /** The class that has more of its methods. */
  readonly extends?: string;
  readonly namespace?: string;
  /** What names in C begin with, behind `bf_`. */
  readonly c: string;
  readonly doc: string;
  readonly functions: readonly SdkFunction[];
}

/**
 * Numbers, and what is more than one in some language: `vs`, `nested`, `map`, `next`; memory of the extension's own that is written
 * (`to`) or read (`from`); text; a handler of a class of exits; a receiver of messages; functions without parameters, with a number for
 * a result and without.
 */
export type SdkType =
  | "u32"
  | "u64"
  | "bool"
  | "vs"
  | "nested"
  | "map"
  | "next"
  | "to"
  | "from"
  | "text"
  | "reader"
  | "receiver"
  | "function"
  | "instruction"
  | `handler ${string}`;

export interface SdkFunction {
  readonly name: string;
  readonly doc: string;
  readonly parameters: Readonly<Record<string, SdkType>>;
  readonly result?: SdkType;
}

type Parameters = SdkFunction["parameters"];

const gives =
  (result: SdkType) =>
  (name: string, doc: string, parameters: Parameters = {}) => ({
    name,
    doc,
    parameters,
    result,
  });
const does = (name: string, doc: string, parameters: Parameters = {}) => ({ name, doc, parameters });
const [yes, word, long, next] = [gives("bool"), gives("u32"), gives("u64"), gives("next")];

const on = (name: string, type: string, doc: string) => does(`on_${name}`, doc, { handler: `handler ${type}` });

export const sdkGroups: readonly SdkGroup[] = [
  {
    c: "exit",
    class: "Exit",
    doc: "The exit that this processor is at: what all have in common.",
    functions: [
      next(
        "next",
        "What is to happen when the handlers are done. Each kind of exits has a sensible value to begin with.",
      ),
      does("set_next", "Says what else is to happen.", { next: "next" }),
      long("reason", "Why, as this processor's vendor numbers it."),
      long("rip", "RIP at the exit."),
      long("rflags", "RFLAGS at the exit."),
      word("mode", "Bytes of operands in the code that exited: 2, 4, or 8 in 64-bit mode."),
      yes(
        "raise",
        "Ends the exit with an exception in the VM; the code counts where there is one. Always true: handled.",
        {
          vector: "u32",
          code: "u32",
        },
      ),
    ],
  },
  {
    c: "cpuid_exit",
    class: "CpuidExit",
    extends: "Exit",
    doc: "The VM executes CPUID. Without a handler the processor answers; the hypervisor's own leaves are answered, too.",
    functions: [
      word("leaf", "EAX."),
      word("subleaf", "ECX."),
      does("answer", "Gives this answer.", { eax: "u32", ebx: "u32", ecx: "u32", edx: "u32" }),
      does("pass_through", "Gives the answer of the processor alone."),
    ],
  },
  {
    c: "msr_exit",
    class: "MsrExit",
    extends: "Exit",
    doc: "The VM reads or writes an MSR. Without a handler the access happens as if nothing were.",
    functions: [
      word("index", "Which MSR."),
      yes("is_write", "WRMSR."),
      long("value", "EDX:EAX: the value to be written, or the one that a read gives."),
      does("set_value", "Changes it.", { value: "u64" }),
      yes("read", "Reads the MSR into the value. Without such an MSR the exit ends with #GP: false then."),
      yes("write", "Writes the value to the MSR. When it is refused, the exit ends with #GP: false then."),
      yes(
        "use_own",
        "Does what the VM wants with what is its own, and raises #GP for MSRs of the machine: false then.",
      ),
      yes("pass_through", "Does what the VM wants."),
    ],
  },
  {
    c: "io_exit",
    class: "IoExit",
    extends: "Exit",
    doc: "The VM uses a port. Without a handler the access happens as if nothing were.",
    functions: [
      word("port", "Which port."),
      yes("is_input", "IN or INS."),
      yes("is_string", "INS or OUTS: data is in the guest's memory, and the value says nothing."),
      yes("is_repeated", "With REP."),
      word("bytes", "1, 2 or 4."),
      word("value", "AL, AX or EAX: what is written, or what an input gives."),
      does("set_value", "Changes it, as an IN of that size does.", { value: "u32" }),
      does("pass_through", "Does what the VM wants; a page of a string that is absent ends the exit with #PF."),
      does("leave_unanswered", "What happens when nothing is at the port: ones are read; #GP for strings."),
    ],
  },
  {
    c: "control_exit",
    class: "ControlRegisterExit",
    extends: "Exit",
    doc: "The VM reads or writes a control register. RIP is behind the instruction already when it is handled.",
    functions: [
      word("number", "Which one: 0, 2, 3, 4 or 8."),
      yes("is_write", "Whether the register is written."),
      long("value", "What a write wants the register to be, or what it is."),
      yes("pass_through", "Does what the VM wants. False when it could not: the exit ends with an exception."),
      yes("pass_through_within", "The same in a VM that has only some bits of the register.", { bits: "u64" }),
      yes("write", "Ends a write with another value.", { value: "u64" }),
      yes("read", "Ends a read with another value.", { value: "u64" }),
    ],
  },
  {
    c: "nested_fault",
    class: "NestedPageFaultExit",
    extends: "Exit",
    doc: "The VM accesses a guest physical address without the right to. Without a handler the VM is ended.",
    functions: [
      long("address", "The guest physical address."),
      yes("is_present", "Whether the page is there, and only the right is missing."),
      yes("is_write", "A write."),
      yes("is_execute", "An instruction fetch."),
      yes("is_table_walk", "Whether the processor wanted to read or mark the guest's own page tables."),
    ],
  },
  {
    c: "exception_exit",
    class: "ExceptionExit",
    extends: "Exit",
    doc: "An exception is raised in the VM. Without a handler the VM gets it.",
    functions: [
      word("vector", "Which exception."),
      word("error_code", "Of exceptions that have one."),
      long("address", "What a page fault is about."),
      does("pass_through", "Gives it to the VM, as if it had not been intercepted."),
    ],
  },
  {
    c: "hypercall_exit",
    class: "HypercallExit",
    extends: "Exit",
    doc: "The VM calls the hypervisor, by VMMCALL or VMCALL. Without a handler the instruction raises #UD.",
    functions: [
      long("number", "RAX: which call."),
      does("set_result", "RAX: its result.", { value: "u64" }),
      yes("is_privileged", "Whether the operating system's kernel calls, and not one of its programs."),
    ],
  },
  {
    c: "",
    doc: "Handlers of exits: the newest of a kind is called first, and one that returns true has handled the exit. Eight of a kind.",
    functions: [
      on("cpuid", "CpuidExit", "CPUID."),
      on("msr_read", "MsrExit", "RDMSR."),
      on("msr_write", "MsrExit", "WRMSR."),
      on("io", "IoExit", "IN, OUT, INS, OUTS."),
      on("control_read", "ControlRegisterExit", "Reads of control registers."),
      on("control_write", "ControlRegisterExit", "Writes of control registers."),
      on("nested_page_fault", "NestedPageFaultExit", "Accesses that the nested page tables do not allow."),
      on("hypercall", "HypercallExit", "VMMCALL and VMCALL."),
      on("hlt", "Exit", "HLT. Without a handler the VM does not wait."),
      on("exception", "ExceptionExit", "Exceptions."),
      on("interrupt_window", "Exit", "The VM can take an interrupt."),
      on("kick", "Exit", "The processor was kicked. Nothing has happened in the VM."),
      on("other", "Exit", "Every other reason: a handler must say what is to happen."),
      next(
        "handle_exit",
        "Calls the handlers of an exit, and does what is to be done without them: a whole vmexit callback.",
        {
          vs: "vs",
          reason: "u64",
        },
      ),
    ],
  },
  {
    c: "vs",
    class: "Vs",
    doc: "Events of a VS, registers with a value of the VM's, and what it exits for.",
    functions: [
      yes(
        "try_set",
        "Writes a register, BF_REG_* or REG_*, with a value that the VM chose; false where its processor would raise #GP.",
        { reg: "u32", value: "u64" },
      ),
      does(
        "redeliver",
        "Delivers what was being delivered at the exit, unless something else is to be: where the same instruction runs again.",
      ),
      next("raise", "Raises an exception in the VM when it runs next; the code counts where there is one.", {
        vector: "u32",
        code: "u32",
      }),
      does("interrupt", "Delivers an external interrupt when the VM runs next, which must be able to take one.", {
        vector: "u32",
      }),
      does("non_maskable_interrupt", "Delivers an NMI when the VM runs next. It must not be in a handler of one."),
      yes("interrupt_shadow", "Whether the VM takes no interrupt before its next instruction is done, as behind STI."),
      does("set_interrupt_shadow", "Says so, or takes it back.", { wanted: "bool" }),
      does("request_interrupt_window", "Makes the VM exit as soon as it can take an interrupt."),
      does("close_interrupt_window", "Takes that wish back."),
      yes("has_event", "Whether something is to be delivered when the VM runs next."),
      long("event", "That, as AMD's EVENTINJ has it (APM volume 2, 15.20), on both vendors; 0: nothing."),
      does("set_event", "Delivers an event in that format, or none.", { event: "u64" }),
      does("release", "Takes an interception back, of INTERCEPT_*. What exits always on Intel still does.", {
        intercept: "u32",
      }),
      does("intercept_exception", "Makes the VM exit, or no longer exit, when an exception is raised in it.", {
        vector: "u32",
        wanted: "bool",
      }),
      does("intercept_control_read", "The same when it reads CR3 or CR8.", { number: "u32", wanted: "bool" }),
      does(
        "intercept_control_write",
        "The same when it writes CR0, CR3, CR4 or CR8; on Intel CR0 and CR4 are changed then.",
        {
          number: "u32",
          wanted: "bool",
        },
      ),
      does(
        "offset_time_stamps",
        "Makes the VM's time stamp counter differ from the processor's by a number, modulo 2^64.",
        {
          offset: "u64",
        },
      ),
      yes(
        "explain",
        "Writes to the debug ring why the processor refuses to run it; false when no rule that it shows is broken.",
      ),
      word("broken_rule", "The first rule that it breaks, by its number: AMD_RULE_*, INTEL_RULE_*; 0: none."),
      does(
        "step",
        "Lets it execute one instruction, then calls the function; Next::run is to follow, and vmexit calls handle_exit.",
        {
          done: "function",
        },
      ),
      does(
        "deliver_accesses",
        "Makes a VM beside the root VM exit to the handlers for ports and MSRs that it has not.",
      ),
    ],
  },
  {
    c: "nested",
    class: "Nested",
    doc: "Nested page tables that guest:: finds memory by.",
    functions: [
      does("use_for", "Makes a VS see memory by the tables, as attach does, and guest:: find its memory.", {
        vs: "vs",
      }),
    ],
  },
  {
    c: "guest",
    namespace: "guest",
    doc: "Memory and registers of the VS that exited. Access is ACCESS_*; physical addresses are those of the VM.",
    functions: [
      long(
        "memory",
        "Where the extension sees a guest physical address, up to the end of its page; 0 when it cannot be had.",
        {
          physical: "u64",
        },
      ),
      yes(
        "read_physical",
        "Copies guest physical memory into the extension's own; false when part of it cannot be had.",
        {
          to: "to",
          physical: "u64",
          bytes: "u64",
        },
      ),
      yes("write_physical", "Copies the extension's own memory into guest physical memory.", {
        physical: "u64",
        from: "from",
        bytes: "u64",
      }),
      long(
        "translate",
        "The guest physical address of a guest virtual one, by the guest's page tables, or NOT_MAPPED.",
        {
          address: "u64",
          access: "u32",
        },
      ),
      yes(
        "read_virtual",
        "Copies guest virtual memory into the extension's own; false when part of it is not mapped.",
        {
          to: "to",
          address: "u64",
          bytes: "u64",
          access: "u32",
        },
      ),
      yes("write_virtual", "Copies the extension's own memory into guest virtual memory.", {
        address: "u64",
        from: "from",
        bytes: "u64",
        access: "u32",
      }),
      long("word", "64 bits of the guest's memory as its kernel would read them; otherwise when they are not mapped.", {
        address: "u64",
        otherwise: "u64",
      }),
      long("general", "A general register by the number that instructions have for it.", { number: "u32" }),
      does("set_general", "Writes one.", { number: "u32", value: "u64" }),
      does("set_register", "The same as an instruction with operands of so many bytes does.", {
        number: "u32",
        bytes: "u32",
        value: "u64",
      }),
      does("skip", "Goes on behind an instruction of so many bytes, which the hypervisor has carried out.", {
        bytes: "u64",
      }),
      gives("instruction")(
        "instruction",
        "Decodes the instruction at RIP. Each processor has one result, which the next call replaces.",
      ),
      yes("read_operand", "Reads up to 8 bytes; false when they are not mapped, and a page fault waits for the VM.", {
        address: "u64",
        bytes: "u32",
      }),
      long("operand_value", "What was read so last."),
      yes("write_operand", "Writes up to 8 bytes; false when they are not mapped, and a page fault waits for the VM.", {
        address: "u64",
        bytes: "u32",
        value: "u64",
      }),
    ],
  },
  {
    c: "instruction",
    class: "Instruction",
    doc: "A decoded instruction. Registers have the numbers of their encoding, or NO_REGISTER.",
    functions: [
      yes("is_decoded", "False: the guest's memory cannot be read, or holds no instruction."),
      word("length", "Bytes, prefixes included."),
      word("map", "0: one-byte opcodes, 1: 0F, 2: 0F 38, 3: 0F 3A."),
      word("opcode", "The opcode's last byte."),
      word("operand_bytes", "Size of the operands."),
      word("register_operand", "The register operand."),
      word("rm", "The other register operand, where the manual has r/m, if that is no memory."),
      yes("has_memory", "Whether an operand is memory."),
      word("access_bytes", "Bytes of the memory operand."),
      long("address", "The guest virtual address of the memory operand."),
      yes("reads", "Whether operand r/m is read."),
      yes("writes", "Whether it is written."),
      yes("is_repeated", "Whether it has a prefix REP."),
      long("immediate", "Sign-extended."),
    ],
  },
  {
    c: "",
    doc: "Messages from processor to processor: what sent one, a kind of the extension's own, and two numbers.",
    functions: [
      does(
        "on_message",
        "Has a function called with each message for this processor, before the handlers of an exit: all processors name the same one.",
        { receive: "receiver" },
      ),
      yes("post", "Sends one to a processor: it leaves its VM. False when it wants none, or 64 wait already.", {
        ppid: "u32",
        kind: "u32",
        a: "u64",
        b: "u64",
      }),
      word("post_to_others", "Sends one to every other processor that wants some; how many got it.", {
        kind: "u32",
        a: "u64",
        b: "u64",
      }),
    ],
  },
  {
    c: "root",
    namespace: "root",
    doc: "The operating system as the root VM.",
    functions: [
      next(
        "unasked",
        "Does what the processor would have done at an exit that nobody asked for, or raises #UD; Next::fail when nobody knows.",
        { vs: "vs", reason: "u64" },
      ),
    ],
  },
  {
    c: "init_sipi",
    namespace: "init_sipi",
    doc: "INIT and SIPI, by which an operating system starts processors.",
    functions: [
      does(
        "virtualize",
        "Has the root VM, whose VS this is, start processors by them: on each one, in bootstrap. It uses the tables, which show all memory, and the map of MSRs.",
        { vs: "vs", tables: "nested", msrs: "map" },
      ),
    ],
  },
  {
    c: "",
    doc: "What an operating system that boots inside finds of its processor.",
    functions: [
      does(
        "hide_virtualization",
        "Has CPUID say that there is neither SVM nor VT-x: in bootstrap, when the root VM is there.",
      ),
    ],
  },
  {
    c: "",
    doc: "Numbers for `bfm status`.",
    functions: [
      does(
        "publish_counter",
        "Publishes a counter of this processor: call it in bootstrap, when the root VM is there.",
        {
          name: "text",
          read: "reader",
        },
      ),
    ],
  },
];

/** Constants of these functions. */
export const sdkConstants = [
  { name: "ACCESS_READ", value: 0n, type: "u32", doc: "An access of the guest's kernel." },
  { name: "ACCESS_WRITE", value: 2n, type: "u32", doc: "A write." },
  { name: "ACCESS_USER", value: 4n, type: "u32", doc: "One of a program." },
  { name: "ACCESS_EXECUTE", value: 16n, type: "u32", doc: "An instruction fetch." },
  {
    name: "NOT_MAPPED",
    value: 0xffff_ffff_ffff_ffffn,
    type: "u64",
    doc: "What an address that is not mapped leads to.",
  },
  { name: "NO_REGISTER", value: 0xffn, type: "u32", doc: "In place of a register." },
] as const;

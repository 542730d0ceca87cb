// What an editor wants to know to step through an extension: VS Code's launch.json and tasks.json, for its extension
// "C/C++" (the debugger "cppdbg"), which drives GDB

/** What the two files name. Paths are relative to the package. */
export interface Debugged {
  /** The microkernel with symbols. */
  readonly kernel: string;
  /** Where the microkernel's sources are. */
  readonly checkout: string;
  /** The extension's image; beside it lies the one with symbols. */
  readonly elf: string;
}

/** QEMU's own, and what `bf lab bare --gdb` takes when it is told none. */
const PORT = 1234;
const TASK = "build, and start a machine that waits for GDB";

/** Contents of the files, by their names. */
export const debuggerFiles = ({ kernel, checkout, elf }: Debugged): [string, unknown][] => [
  [
    ".vscode/launch.json",
    {
      version: "0.2.0",
      configurations: [
        {
          name: "Without an operating system",
          type: "cppdbg",
          request: "launch",
          MIMode: "gdb",
          cwd: "${workspaceFolder}",
          program: `\${workspaceFolder}/${kernel}`,
          setupCommands: [
            { text: `directory \${workspaceFolder}/${checkout}` },
            { text: `add-symbol-file \${workspaceFolder}/${elf.replace(/\.elf$/, ".debug.elf")}` },
          ],
          miDebuggerServerAddress: `localhost:${PORT}`,
          stopAtConnect: false,
          preLaunchTask: TASK,
        },
      ],
    },
  ],
  [
    ".vscode/tasks.json",
    {
      version: "2.0.0",
      tasks: [
        {
          label: TASK,
          type: "shell",
          command: `npm run bf -- build --dev && npm run bf -- lab bare --machine amd --gdb ${PORT} --extension ${elf} --append cpuid=1000`,
          isBackground: true,
          problemMatcher: {
            pattern: {
              regexp: "^(.+):(\\d+):(\\d+): (error): (.*)$",
              file: 1,
              line: 2,
              column: 3,
              severity: 4,
              message: 5,
            },
            background: { activeOnStart: true, beginsPattern: "^$", endsPattern: "waiting for GDB" },
          },
        },
      ],
    },
  ],
];

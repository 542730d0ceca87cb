// Completion scripts for bash, zsh and fish, made from the commands that there are

import type { Command, Option } from "commander";

export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

/** Commands whose arguments are files. */
const FILE_COMMANDS = ["load", "quick", "efi"];
const FILE_OPTIONS = ["--kernel", "--manifest", "--symbols", "--application", "--boot-next", "--esp", "--sign"];

/** A script that teaches a shell bfm's commands and options. */
export function completionScript(shell: Shell, program: Command): string {
  switch (shell) {
    case "bash":
      return bash(program);
    case "zsh":
      return `#compdef bfm\nautoload -Uz bashcompinit && bashcompinit\n${bash(program)}`;
    case "fish":
      return fish(program);
  }
}

function bash(program: Command): string {
  const cases = program.commands.map((command) => {
    const words = [...longOptions(command), ...choices(command)].join(" ");
    const files = FILE_COMMANDS.includes(command.name()) ? ' $(compgen -f -- "$word")' : "";
    return `    ${command.name()}) COMPREPLY=($(compgen -W "${words}" -- "$word")${files}) ;;`;
  });
  return `_bfm() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]}
  case $before in ${FILE_OPTIONS.join("|")}) COMPREPLY=($(compgen -f -- "$word")); return ;; esac
  case \${COMP_WORDS[1]} in
${cases.join("\n")}
    *) COMPREPLY=($(compgen -W "${program.commands.map((command) => command.name()).join(" ")} --help --version" -- "$word")) ;;
  esac
}
complete -F _bfm bfm
`;
}

const takesFile = ({ long }: Option) => FILE_OPTIONS.includes(long ?? "");

function fish(program: Command): string {
  const lines = program.commands.flatMap((command) => {
    const name = command.name();
    const inside = `complete -c bfm -n "__fish_seen_subcommand_from ${name}"`;
    const options = command.options
      .filter((option) => option.long)
      .map(
        (option) =>
          `${inside} -l ${option.long?.slice(2)}${option.required ? (takesFile(option) ? " -r -F" : " -r") : ""} -d ${quote(option.description)}`,
      );
    const words = choices(command).map((choice) => `${inside} -a ${choice}`);
    const files = FILE_COMMANDS.includes(name) ? [`${inside} -F`] : [];
    return [
      `complete -c bfm -n __fish_use_subcommand -a ${name} -d ${quote(command.summary())}`,
      ...options,
      ...words,
      ...files,
    ];
  });
  return `complete -c bfm -f\n${lines.join("\n")}\n`;
}

function longOptions(command: Command): string[] {
  const options = [command, ...command.commands].flatMap(({ options }) => options.flatMap(({ long }) => long ?? []));
  return [...new Set(options), "--help"];
}

function choices(command: Command): readonly string[] {
  const inner = command.commands.map((sub) => sub.name());
  return [...inner, ...command.registeredArguments.flatMap((argument) => argument.argChoices ?? [])];
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "\\'")}'`;
}

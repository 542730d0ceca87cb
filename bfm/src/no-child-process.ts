// Stands in the bundle for node:child_process, which commander loads for subcommands that are programs of their own:
// bfm has none, and loading it costs more than the rest of commander

export {};

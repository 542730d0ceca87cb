// A plugin of tsserver: what the compiler of extensions refuses stands in the editor, while it is typed
//
// tsc takes u32 and u64 for the same, and has all of TypeScript. So a process beside the server compiles what is open
// (checker.mjs, half a second), and when it has found something else than before, the editor is told to ask again.
//
// JavaScript, because tsserver loads it by require().

const { fork } = require("node:child_process");
const { join } = require("node:path");

/** A pause in typing. */
const QUIET_MILLISECONDS = 200;

/** @param {{ typescript: typeof import("typescript") }} modules */
module.exports = ({ typescript: ts }) => ({
  /** @param {import("typescript").server.PluginCreateInfo} info */
  create(info) {
    const { languageService, project } = info;
    const checker = new Checker(project, info.serverHost);
    const proxy = Object.create(null);
    for (const key of Object.keys(languageService)) {
      proxy[key] = (...args) => languageService[key](...args);
    }
    proxy.getSemanticDiagnostics = (file) => {
      const known = languageService.getSemanticDiagnostics(file);
      const source = languageService.getProgram()?.getSourceFile(file);
      checker.ask();
      if (source === undefined) return known;
      const starts = new Set(known.map(({ start }) => start));
      const found = checker.foundIn(file).map((finding) => diagnosticOf(ts, finding, source));
      return [...known, ...found.filter(({ start }) => !starts.has(start))];
    };
    proxy.dispose = () => {
      checker.end();
      languageService.dispose();
    };
    return proxy;
  },
});

/** As the editor shows it: from its place to the end of the word. */
function diagnosticOf(ts, { line = 1, column = 1, message, code = "" }, source) {
  const lines = source.getLineStarts();
  const start = Math.min((lines[line - 1] ?? source.end) + column - 1, source.end);
  const [word = " "] = /^[\w$]+/.exec(source.text.slice(start)) ?? [];
  return {
    file: source,
    start,
    length: Math.min(word.length, source.end - start),
    messageText: `${message} [${code}]`,
    category: ts.DiagnosticCategory.Error,
    code: Number(/^AS(\d+)$/.exec(code)?.[1] ?? 0),
    source: "bareflank",
  };
}

/** The process that compiles, and what it has found. */
class Checker {
  #project;
  #host;
  #process;
  #timer;
  /** Texts of the check that runs, or ran last, as one text. */
  #asked = "";
  #isBusy = false;
  #isAgain = false;
  /** @type {Map<string, object[]>} by absolute path */
  #found = new Map();

  constructor(project, host) {
    this.#project = project;
    this.#host = host;
  }

  foundIn(file) {
    return this.#found.get(file) ?? [];
  }

  /** Has everything that is open compiled, unless that has been done. */
  ask() {
    this.#host.clearTimeout?.(this.#timer);
    this.#timer = this.#host.setTimeout(() => this.#check(), QUIET_MILLISECONDS);
  }

  end() {
    this.#host.clearTimeout?.(this.#timer);
    this.#process?.kill();
    this.#process = undefined;
  }

  #check() {
    if (this.#isBusy) {
      this.#isAgain = true;
      return;
    }
    const texts = {};
    for (const file of this.#project.getFileNames()) {
      const script = this.#project.getScriptInfo(file);
      if (script?.isScriptOpen() === true) {
        const snapshot = script.getSnapshot();
        texts[file] = snapshot.getText(0, snapshot.getLength());
      }
    }
    const asked = JSON.stringify(texts);
    if (asked === this.#asked) return;
    this.#asked = asked;
    this.#isBusy = true;
    this.#running().send({ folder: this.#project.getCurrentDirectory(), texts });
  }

  #running() {
    if (this.#process === undefined) {
      this.#process = fork(join(__dirname, "checker.mjs"), [], { execArgv: [], silent: true });
      this.#process.on("message", (findings) => this.#take(findings));
      this.#process.on("exit", () => {
        this.#process = undefined;
        this.#isBusy = false;
        this.#asked = "";
      });
    }
    return this.#process;
  }

  #take(findings) {
    const found = new Map();
    for (const finding of findings) found.set(finding.path, [...(found.get(finding.path) ?? []), finding]);
    const isNew = JSON.stringify([...found]) !== JSON.stringify([...this.#found]);
    this.#found = found;
    this.#isBusy = false;
    if (isNew) this.#project.refreshDiagnostics();
    if (this.#isAgain) {
      this.#isAgain = false;
      this.#check();
    }
  }
}

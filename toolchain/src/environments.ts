// Gives the collector what closures capture, for the compiler with closures
//
// @btc-vision/assemblyscript 0.29.3 allocates an environment - the variables that a function's closures share - outside of
// the collector's reach, and has the collector visit it all the same: the heap is destroyed. So environments become
// managed objects here. Their class id, which the compiler does not use above a few hundred, says which of their words hold
// references:
//
//     31                                                                       0
//     ├─1─┬──────────────────────────── word n holds a reference ───────────────┤
//
// Word 0 is the environment of the function around. Variables of modules that hold functions are made known to the
// collector, too, which forgets them. Runs as a transform of asc, before Binaryen optimizes.

import type * as asc from "@btc-vision/assemblyscript/asc";

/** References to expressions and functions are numbers. */
type Expression = number;

/** The part of Binaryen's JavaScript interface that is used here. */
interface Binaryen {
  readonly i32: number;
  readonly none: number;
  readonly BlockId: number;
  readonly LocalSetId: number;
  createType(types: readonly number[]): number;
  getExpressionId(expression: Expression): number;
  getExpressionInfo(expression: Expression): Record<string, unknown>;
  getFunctionInfo(reference: number): { readonly body: Expression };
  readonly LocalSet: { setValue(expression: Expression, value: Expression): void };
  readonly Function: { setBody(reference: number, body: Expression): void };
}

interface Integers {
  const(value: number): Expression;
  load(offset: number, align: number, address: Expression): Expression;
  and(left: Expression, right: Expression): Expression;
  add(left: Expression, right: Expression): Expression;
  sub(left: Expression, right: Expression): Expression;
  shr_u(left: Expression, right: Expression): Expression;
  lt_s(left: Expression, right: Expression): Expression;
  eqz(value: Expression): Expression;
}

interface Module {
  readonly i32: Integers;
  readonly local: {
    get(index: number, type: number): Expression;
    set(index: number, value: Expression): Expression;
    tee(index: number, value: Expression, type: number): Expression;
  };
  readonly global: { get(name: string, type: number): Expression };
  readonly memory: { fill(to: Expression, value: Expression, bytes: Expression): Expression };
  getFunction(name: string): number;
  getGlobal(name: string): number;
  addFunction(name: string, parameters: number, result: number, locals: readonly number[], body: Expression): number;
  call(name: string, operands: readonly Expression[], type: number): Expression;
  block(label: string | null, children: readonly Expression[], type?: number): Expression;
  loop(label: string, body: Expression): Expression;
  if(condition: Expression, then: Expression): Expression;
  br(label: string, condition?: Expression): Expression;
  return(): Expression;
}

/** The parts of asc's program that are looked at. */
interface Local {
  readonly name: string;
  readonly type: { readonly isManaged: boolean };
  readonly envSlotIndex: number;
  readonly envOwner: unknown;
}

interface CompiledFunction {
  readonly internalName: string;
  readonly capturedLocals?: ReadonlyMap<Local, number> | null;
  readonly envLocal?: { readonly index: number } | null;
}

/** Anything that has a name; here, variables of modules are looked for. */
interface Element {
  readonly internalName: string;
  readonly type?: { readonly isManaged: boolean; readonly classReference: unknown };
}

interface Program {
  readonly elementsByName: ReadonlyMap<string, Element>;
  readonly instancesByName: ReadonlyMap<string, CompiledFunction>;
}

const ALLOCATE = "~lib/rt/tlsf/__alloc";
const NEW = "~lib/rt/tcms/__new";
const VISIT = "~lib/rt/tcms/__visit";
const VISIT_GLOBALS = "~lib/rt/__visit_globals";
const VISIT_MEMBERS = "~lib/rt/__visit_members";
const NEW_ENVIRONMENT = "~environment/new";
const VISIT_ENVIRONMENT = "~environment/visit";

/** Where an object's class id lies, in bytes before the object. */
const ID_DISTANCE = 8;
const WORD_BYTES = 4;
const IS_ENVIRONMENT = 1 << 31;
/** Words that a class id has bits for. */
const MOST_WORDS = 31;

/** The transform. */
class Environments {
  // asc puts these into the prototype before it makes an instance.
  declare readonly binaryen: Binaryen;
  declare readonly program: Program;

  afterCompile(module: Module): void {
    this.#visitFunctions(module);
    const owners = [...this.program.instancesByName.values()].filter((each) => each.envLocal != null);
    if (owners.length === 0) return;
    this.#addFunctions(module);
    for (const owner of owners) this.#manage(module, owner);
  }

  /** Adds the variables of modules that hold functions to what the collector starts from. */
  #visitFunctions(module: Module): void {
    const { binaryen } = this;
    const globals = module.getFunction(VISIT_GLOBALS);
    if (globals === 0) return;
    const functions = [...this.program.elementsByName.values()].filter(
      ({ type, internalName }) =>
        type?.isManaged === true && type.classReference === null && module.getGlobal(internalName) !== 0,
    );
    const cookie = module.local.get(0, binaryen.i32);
    const visits = functions.map(({ internalName }) =>
      module.call(VISIT, [module.global.get(internalName, binaryen.i32), cookie], binaryen.none),
    );
    binaryen.Function.setBody(globals, module.block(null, [...visits, binaryen.getFunctionInfo(globals).body]));
  }

  /** Replaces the allocation at the beginning of a function. */
  #manage(module: Module, owner: CompiledFunction): void {
    const { binaryen } = this;
    const reference = module.getFunction(owner.internalName);
    if (reference === 0) return;
    const allocation = this.#allocationIn(binaryen.getFunctionInfo(reference).body, owner.envLocal?.index);
    if (allocation === undefined) throw new Error(`the environment of ${owner.internalName} is not allocated`);
    const call = binaryen.getExpressionInfo(allocation).value as Expression;
    const size = (binaryen.getExpressionInfo(call).operands as Expression[])[0] ?? 0;
    const value = module.call(NEW_ENVIRONMENT, [size, module.i32.const(classOf(owner))], binaryen.i32);
    binaryen.LocalSet.setValue(allocation, value);
  }

  /** `local.set environment (call allocate)`, not far below an expression: it is the first statement. */
  #allocationIn(expression: Expression, local: number | undefined): Expression | undefined {
    const { binaryen } = this;
    const id = binaryen.getExpressionId(expression);
    if (id === binaryen.BlockId) {
      const { children } = binaryen.getExpressionInfo(expression) as { readonly children: readonly Expression[] };
      for (const child of children) {
        const found = this.#allocationIn(child, local);
        if (found !== undefined) return found;
      }
    }
    if (id !== binaryen.LocalSetId) return undefined;
    const { index, value } = binaryen.getExpressionInfo(expression) as { index: number; value: Expression };
    if (index !== local) return undefined;
    return binaryen.getExpressionInfo(value).target === ALLOCATE ? expression : undefined;
  }

  #addFunctions(module: Module): void {
    const { binaryen } = this;
    const { i32, none } = binaryen;
    const local = (index: number) => module.local.get(index, i32);
    const number = (value: number) => module.i32.const(value);

    // new(bytes, id): variables that are not assigned yet must not look like references
    const object = module.call(NEW, [local(0), local(1)], i32);
    const zeroed = module.memory.fill(module.local.tee(2, object, i32), number(0), local(0));
    const made = module.block(null, [zeroed, local(2)], i32);
    module.addFunction(NEW_ENVIRONMENT, binaryen.createType([i32, i32]), i32, [i32], made);

    // Nobody collects: nobody visits
    const members = module.getFunction(VISIT_MEMBERS);
    if (members === 0 || module.getFunction(VISIT) === 0) return;

    // visit(environment, cookie, references): the lowest bit is that of the word at `environment`, which moves along
    const visitWord = module.call(VISIT, [module.i32.load(0, WORD_BYTES, local(0)), local(1)], none);
    const body = module.block(null, [
      module.if(module.i32.and(local(2), number(1)), visitWord),
      module.local.set(0, module.i32.add(local(0), number(WORD_BYTES))),
      module.local.set(2, module.i32.shr_u(local(2), number(1))),
      module.br("next", local(2)),
    ]);
    const visit = module.loop("next", body);
    module.addFunction(VISIT_ENVIRONMENT, binaryen.createType([i32, i32, i32]), none, [], visit);

    const id = () => module.i32.load(0, WORD_BYTES, module.i32.sub(local(0), number(ID_DISTANCE)));
    const references = module.i32.and(id(), number(~IS_ENVIRONMENT));
    const visitEnvironment = module.call(VISIT_ENVIRONMENT, [local(0), local(1), references], none);
    const first = module.if(module.i32.lt_s(id(), number(0)), module.block(null, [visitEnvironment, module.return()]));
    binaryen.Function.setBody(members, module.block(null, [first, binaryen.getFunctionInfo(members).body]));
  }
}

/** Class id of a function's environment. */
function classOf(owner: CompiledFunction): number {
  let id = IS_ENVIRONMENT | 1;
  for (const local of owner.capturedLocals?.keys() ?? []) {
    if (local.envOwner !== owner || !local.type.isManaged) continue;
    const word = local.envSlotIndex / WORD_BYTES;
    if (word >= MOST_WORDS) {
      throw new Error(`the functions in ${owner.internalName} use too many of its variables: put them into an object`);
    }
    id |= 1 << word;
  }
  return id;
}

/** For asc's `transforms`, which are declared as instances and taken as classes, too. */
export const environments = Environments as unknown as asc.Transform;

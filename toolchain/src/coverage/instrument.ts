// Puts a counter at each branch and each function of a module: the calls `coverage.hit(id)`, `coverage.enter(id)`, which the
// tests supply
//
// Runs as a transform of asc, before Binaryen optimizes. A branch has two outcomes with the numbers 2n and 2n + 1: taken and
// not taken. Conditions of `&&`, `||`, `?:`, `if`, `while`, `for` are wasm's `if`, those of `switch` and `do` are `br_if`.

import type * as asc from "assemblyscript/asc";

/** References to expressions are numbers, 0 is none. */
type Expression = number;

/** The part of Binaryen's JavaScript interface that is used here. */
interface Binaryen {
  readonly i32: number;
  readonly none: number;
  readonly IfId: number;
  readonly BreakId: number;
  readonly ConstId: number;
  readonly NopId: number;
  readonly UnreachableId: number;
  getExpressionId(expression: Expression): number;
  getExpressionType(expression: Expression): number;
  getExpressionInfo(expression: Expression): Record<string, unknown>;
  getFunctionInfo(reference: number): { readonly name: string; readonly module: string; readonly body: Expression };
  readonly If: {
    setIfTrue(expression: Expression, arm: Expression): void;
    setIfFalse(expression: Expression, arm: Expression): void;
  };
  readonly Break: { setCondition(expression: Expression, condition: Expression): void };
  readonly Function: { setBody(reference: number, body: Expression): void };
}

interface Module {
  readonly i32: { const(value: number): Expression };
  addFunctionImport(name: string, module: string, base: string, parameters: number, results: number): void;
  call(name: string, operands: readonly Expression[], type: number): Expression;
  block(label: null, children: readonly Expression[], type: number): Expression;
  if(condition: Expression, ifTrue: Expression, ifFalse: Expression): Expression;
  getNumFunctions(): number;
  getFunctionByIndex(index: number): number;
}

/** What a test supplies to an instrumented module: `{ coverage: { hit(id) { … }, enter(id) { … } } }`. */
export const COVERAGE_IMPORTS = { module: "coverage", hit: "hit", enter: "enter" } as const;

const HIT = "~coverage/hit";
const ENTER = "~coverage/enter";

/** Fields of Binaryen's descriptions that hold expressions. */
const CHILDREN =
  "children operands condition ifTrue ifFalse body value ptr left right delta dest source size target".split(" ");

/** The transform; it leaves asc's own library alone. */
export class Instrument {
  // asc puts this into the prototype before it makes an instance.
  declare readonly binaryen: Binaryen;

  afterCompile(module: Module): void {
    const { binaryen } = this;
    const imports = COVERAGE_IMPORTS;
    module.addFunctionImport(HIT, imports.module, imports.hit, binaryen.i32, binaryen.none);
    module.addFunctionImport(ENTER, imports.module, imports.enter, binaryen.i32, binaryen.none);
    let branches = 0;
    for (let index = 0; index < module.getNumFunctions(); index++) {
      const reference = module.getFunctionByIndex(index);
      const { name, module: imported, body } = binaryen.getFunctionInfo(reference);
      if (imported !== "" || name.startsWith("~")) continue;
      for (const expression of this.#branchesOf(body)) this.#count(module, expression, branches++);
      const enter = module.call(ENTER, [module.i32.const(index)], binaryen.none);
      binaryen.Function.setBody(reference, module.block(null, [enter, body], binaryen.getExpressionType(body)));
    }
  }

  /** All `if` and `br_if` below an expression, collected before any is changed. */
  #branchesOf(body: Expression): Expression[] {
    const { binaryen } = this;
    const found: Expression[] = [];
    // A constant's value is no expression, and Binaryen does not describe the others.
    const leaves = [binaryen.ConstId, binaryen.NopId, binaryen.UnreachableId];
    const visit = (expression: Expression) => {
      const id = binaryen.getExpressionId(expression);
      if (leaves.includes(id)) return;
      const info = binaryen.getExpressionInfo(expression);
      if (id === binaryen.IfId || (id === binaryen.BreakId && info.condition !== 0)) found.push(expression);
      for (const key of CHILDREN) {
        const value = info[key];
        for (const child of Array.isArray(value) ? value : [value]) {
          if (typeof child === "number" && child !== 0) visit(child);
        }
      }
    };
    visit(body);
    return found;
  }

  #count(module: Module, expression: Expression, branch: number): void {
    const { binaryen } = this;
    const hit = (outcome: number) => module.call(HIT, [module.i32.const(2 * branch + outcome)], binaryen.none);
    const { condition, ifTrue, ifFalse } = binaryen.getExpressionInfo(expression) as Record<string, Expression>;
    const after = (outcome: number, arm: Expression) =>
      module.block(null, [hit(outcome), arm], binaryen.getExpressionType(arm));
    if (binaryen.getExpressionId(expression) === binaryen.IfId) {
      binaryen.If.setIfTrue(expression, after(0, ifTrue ?? 0));
      binaryen.If.setIfFalse(expression, ifFalse ? after(1, ifFalse) : hit(1));
      return;
    }
    const taken = after(0, module.i32.const(1));
    const passed = after(1, module.i32.const(0));
    binaryen.Break.setCondition(expression, module.if(condition ?? 0, taken, passed));
  }
}

/** For asc's `transforms`, which are declared as instances and taken as classes, too. */
export const instrument = Instrument as unknown as asc.Transform;

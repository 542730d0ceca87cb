// What each instruction does. Registers and flags change only when nothing can go wrong any more

import { EMULATION_UNKNOWN } from "../../../abi/generated/bare/emulation";
import { DecodedInstruction } from "../x64/instruction";
import { Operation } from "../x64/operation";
import { calculate, calculateOne, divide, executeShift, multiply } from "./calculate";
import { undefinedOpcode } from "./context";
import { compareAndExchange, compareAndExchangePair, exchange, exchangeAndAdd, testBit } from "./exchange";
import { extend, move, moveIf, moveSwapped, setIf, storeStatus } from "./move";
import { executeOther } from "./other";
import { executePort, executePortString } from "./port";
import { loadSystemSegment, moveFromSegment, moveToSegment, storeSystemSegment } from "./segment-moves";
import { call, jump, pop, push, ret } from "./stack";
import { executeString } from "./string";

/** Carries an instruction out, but for RIP; OK when it is complete. */
export function execute(c: u64, i: DecodedInstruction): u32 {
  switch (i.operation) {
    case Operation.Mov:
    case Operation.Movnti:
      return move(c, i);
    case Operation.Movzx:
      return extend(c, i, false);
    case Operation.Movsx:
      return extend(c, i, true);
    case Operation.Movbe:
      return moveSwapped(c, i);
    case Operation.Add:
    case Operation.Or:
    case Operation.Adc:
    case Operation.Sbb:
    case Operation.And:
    case Operation.Sub:
    case Operation.Xor:
    case Operation.Cmp:
    case Operation.Test:
      return calculate(c, i);
    case Operation.Inc:
    case Operation.Dec:
    case Operation.Not:
    case Operation.Neg:
      return calculateOne(c, i);
    case Operation.Other:
      return executeOther(c, i);
    case Operation.Undefined:
      return undefinedOpcode(c);
    case Operation.Mul:
    case Operation.Imul:
      return multiply(c, i);
    case Operation.Div:
    case Operation.Idiv:
      return divide(c, i);
    case Operation.Shift:
      return executeShift(c, i);
    case Operation.Xchg:
      return exchange(c, i);
    case Operation.Xadd:
      return exchangeAndAdd(c, i);
    case Operation.Cmpxchg:
      return compareAndExchange(c, i);
    case Operation.CmpxchgPair:
      return compareAndExchangePair(c, i);
    case Operation.Bt:
    case Operation.Bts:
    case Operation.Btr:
    case Operation.Btc:
      return testBit(c, i);
    case Operation.Setcc:
      return setIf(c, i);
    case Operation.Smsw:
      return storeStatus(c, i);
    case Operation.Cmovcc:
      return moveIf(c, i);
    case Operation.Push:
      return push(c, i);
    case Operation.Pop:
      return pop(c, i);
    case Operation.Call:
      return call(c, i);
    case Operation.Jmp:
      return jump(c, i);
    case Operation.Ret:
      return ret(c, i);
    case Operation.MovFromSegment:
      return moveFromSegment(c, i);
    case Operation.MovToSegment:
      return moveToSegment(c, i);
    case Operation.Lldt:
    case Operation.Ltr:
      return loadSystemSegment(c, i);
    case Operation.Sldt:
    case Operation.Str:
      return storeSystemSegment(c, i);
    case Operation.Movs:
    case Operation.Cmps:
    case Operation.Stos:
    case Operation.Lods:
    case Operation.Scas:
      return executeString(c, i);
    case Operation.In:
    case Operation.Out:
      return executePort(c, i);
    case Operation.Ins:
    case Operation.Outs:
      return executePortString(c, i);
    default:
      return EMULATION_UNKNOWN;
  }
}

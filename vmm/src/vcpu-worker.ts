// The thread of a virtual processor: KVM_RUN keeps it, so the devices that its guest uses most are here, too

import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { numberFrom, numberInto } from "./block.ts";
import { Console } from "./console.ts";
import { RealTimeClock } from "./devices/clock.ts";
import { ExitPort } from "./devices/exit-port.ts";
import { InterruptController } from "./devices/interrupt-controller.ts";
import { IntervalTimer } from "./devices/interval-timer.ts";
import { Ports } from "./devices/ports.ts";
import { COM1_LINE, SerialPort } from "./devices/serial-port.ts";
import type { Ending } from "./ending.ts";
import { check } from "./errors.ts";
import type { IoExit, MmioExit } from "./exits.ts";
import { KickTimer } from "./native.ts";
import { type Board, RunLoop } from "./run-loop.ts";
import { type Access, control, type FromWorker, type ToWorker, type WorkerInput } from "./thread-messages.ts";
import { Vcpu } from "./vcpu.ts";
import { VirtualMachine } from "./virtual-machine.ts";

const input = workerData as WorkerInput;
const { flags, port, devices } = input;
const vm = VirtualMachine.attach(input.vm);
const vcpu = Vcpu.attach(input.vcpu);
const output = new Console((bytes) => tell({ kind: "console", bytes }));

function tell(message: FromWorker): void {
  (parentPort as MessagePort).postMessage(message);
}

/** What other threads have sent, one after the other. */
const take = (): ToWorker | undefined => receiveMessageOnPort(port)?.message as ToWorker | undefined;

const sleep = (milliseconds: number | undefined): void => {
  output.flush();
  const seen = Atomics.load(flags, control.wake);
  if (Atomics.load(flags, control.handled) !== seen) return;
  Atomics.wait(flags, control.wake, seen, milliseconds);
};

const received: Uint8Array[] = [];
const answers: bigint[] = [];

const heed = (): Ending | undefined => {
  Atomics.store(flags, control.handled, Atomics.load(flags, control.wake));
  for (let message = take(); message !== undefined; message = take()) {
    if (message.kind === "input") received.push(message.bytes);
    else answers.push(message.value);
  }
  for (const bytes of received.splice(0)) serial?.receive(bytes);
  return Atomics.load(flags, control.stop) !== 0 ? { kind: "stopped" } : undefined;
};

const accessOf = (exit: IoExit | MmioExit, data: Uint8Array): Access => {
  const isWrite = exit.direction === "out" || exit.direction === "write";
  const address = exit.kind === "io" ? BigInt(exit.port) : exit.address;
  const value = isWrite ? numberFrom(data) : undefined;
  return { kind: exit.kind, direction: isWrite ? "write" : "read", address, sizeBytes: data.length, value };
};

/** Asks the main thread about one item, and waits for what it says. */
const ask = (access: Access, data: Uint8Array): Ending | undefined => {
  output.flush();
  tell({ kind: "access", access });
  for (;;) {
    const ending = heed();
    if (ending !== undefined) return ending;
    const answer = answers.shift();
    if (answer === undefined) {
      sleep(undefined);
      continue;
    }
    if (access.direction === "read") numberInto(data, answer);
    return undefined;
  }
};

const onAccess = (exit: IoExit | MmioExit): Ending | undefined => {
  const size = exit.kind === "io" ? exit.size : exit.data.length;
  for (let at = 0; at < exit.data.length; at += size) {
    const data = exit.data.subarray(at, at + size);
    const access = accessOf(exit, data);
    if (input.asks) {
      const ending = ask(access, data);
      if (ending !== undefined) return ending;
    } else if (access.direction === "read") data.fill(0xff);
  }
  return undefined;
};

const ports = new Ports();
const controller = vm.hasInterruptControllers || !devices.interrupts ? undefined : new InterruptController();
const setLine = (line: number, isHigh: boolean): void => {
  if (controller !== undefined) controller.setLine(line, isHigh);
  else if (vm.hasInterruptControllers) vm.setInterruptLine(line, isHigh);
};

/** Tells of changes only: a line of the kernel's is a system call. */
const changesOf = (line: number): ((isHigh: boolean) => void) => {
  let was = false;
  return (isHigh) => {
    if (isHigh !== was) setLine(line, isHigh);
    was = isHigh;
  };
};

const serial = devices.serial
  ? new SerialPort({ onByte: (byte) => output.add(byte), setLine: changesOf(COM1_LINE) })
  : undefined;

const interruptsOf = (): Board["interrupts"] => {
  if (controller === undefined) return undefined;
  const timer = new IntervalTimer();
  ports.add(controller);
  ports.add(timer);
  const kicks = KickTimer.create();
  if (typeof kicks === "number") throw new Error(`timer_create failed: ${kicks}`);
  const set = (milliseconds: number | undefined) => {
    check("timer", kicks.set(milliseconds === undefined ? undefined : BigInt(Math.ceil(milliseconds * 1e6))));
  };
  return { controller, timer, alarm: { set } };
};

const interrupts = interruptsOf();
if (devices.clock) ports.add(new RealTimeClock());
if (devices.exitPort !== undefined) ports.add(new ExitPort(devices.exitPort));
if (serial !== undefined) ports.add(serial);

const loop = new RunLoop(vcpu, { ports, interrupts, onAccess, heed, sleep });
const ending = heed() ?? loop.run();
output.flush();
interrupts?.alarm.set(undefined);
port.close();
tell({ kind: "ended", ending, exits: Object.fromEntries(loop.exits) });

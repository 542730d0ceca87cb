// KVM_RUN: what each exit of MicroV's becomes, and what the user's answer does

import * as kvm from "@bareflank/abi/kvm";
import { describe, expect, it } from "vitest";
import * as mv from "../../../../abi/generated/node/hypercalls.ts";
import { ARGUMENT, type Driver, RAM, withVcpu } from "./driver.ts";
import { CODE, DEVICE, device, exits, GENERAL, reason, tellInstruction, withCode } from "./instructions.ts";

const FAULT = -kvm.ERRNO_EFAULT;
const INTR = -kvm.ERRNO_EINTR;
const INVAL = -kvm.ERRNO_EINVAL;
const NODEV = -kvm.ERRNO_ENODEV;
const DATA = kvm.KVM_PAGE_BYTES;

describe("an exit", () => {
  it.each([
    ["a halt", mv.MV_EXIT_HLT, kvm.KVM_EXIT_HLT],
    ["an open window", mv.MV_EXIT_WINDOW, kvm.KVM_EXIT_IRQ_WINDOW_OPEN],
    ["a shutdown", mv.MV_EXIT_SHUTDOWN, kvm.KVM_EXIT_SHUTDOWN],
    ["a refused entry", mv.MV_EXIT_FAILURE, kvm.KVM_EXIT_FAIL_ENTRY],
    ["an unknown exit", mv.MV_EXIT_UNKNOWN, kvm.KVM_EXIT_UNKNOWN],
    ["one that no version has", 77, kvm.KVM_EXIT_UNKNOWN],
  ])("is told: %s", (_, from, to) => {
    const { driver, vcpu } = withVcpu();
    exits(driver, from);
    expect([driver.run(vcpu), reason(driver, vcpu)]).toEqual([0, to]);
  });

  it("that is the machine's affair is none of the user's", () => {
    const { driver, vcpu } = withVcpu();
    exits(driver, mv.MV_EXIT_INTERRUPT, mv.MV_EXIT_NMI, mv.MV_EXIT_INTERRUPT, mv.MV_EXIT_HLT);
    expect([driver.run(vcpu), reason(driver, vcpu)]).toEqual([0, kvm.KVM_EXIT_HLT]);
  });

  it("tells why an entry was refused, and where; and which exit nobody knows", () => {
    const { driver, vcpu } = withVcpu();
    driver.tell(driver.vs(), mv.MV_PAGE_DETAIL, 8, 0xffff_ffff_8000_0021n);
    driver.tell(driver.vs(), mv.MV_PAGE_PROCESSOR, 4, 3);
    exits(driver, mv.MV_EXIT_FAILURE, mv.MV_EXIT_UNKNOWN);
    driver.run(vcpu);
    expect(driver.shared(vcpu, kvm.KVM_RUN_FAIL_ENTRY_HARDWARE_ENTRY_FAILURE_REASON, 8)).toBe(0xffff_ffff_8000_0021n);
    expect(driver.shared(vcpu, kvm.KVM_RUN_FAIL_ENTRY_CPU, 4)).toBe(3n);
    driver.tell(driver.vs(), mv.MV_PAGE_DETAIL, 8, 0x7bn);
    driver.run(vcpu);
    expect(driver.shared(vcpu, kvm.KVM_RUN_HW_HARDWARE_EXIT_REASON, 8)).toBe(0x7bn);
  });

  it("is an internal error when MicroV refuses the call, and none when nobody takes it", () => {
    const { driver, vcpu } = withVcpu();
    driver.microv.refuse = () => mv.MV_STATUS_INVALID_INPUT_REG1;
    expect([driver.run(vcpu), reason(driver, vcpu)]).toEqual([0, kvm.KVM_EXIT_INTERNAL_ERROR]);
    expect(driver.shared(vcpu, kvm.KVM_RUN_INTERNAL_SUBERROR, 4)).toBe(BigInt(kvm.KVM_INTERNAL_ERROR_EMULATION));
    expect(driver.shared(vcpu, kvm.KVM_RUN_INTERNAL_NDATA, 4)).toBe(0n);
    driver.isThere = false;
    expect(driver.run(vcpu)).toBe(NODEV);
  });

  it("comes with what the guest's processor is in", () => {
    const { driver, vcpu } = withVcpu();
    for (const [state, ready, flag] of [
      [0, 0n, 0n],
      [mv.MV_STATE_IF, 0n, 1n],
      [mv.MV_STATE_IF | mv.MV_STATE_INTERRUPTIBLE, 1n, 1n],
    ] as const) {
      exits(driver, () => {
        driver.tell(driver.vs(), mv.MV_PAGE_STATE, 4, state);
        driver.tell(driver.vs(), mv.MV_PAGE_CR8, 8, 9);
        driver.tell(driver.vs(), mv.MV_PAGE_APIC_BASE, 8, 0xfee0_0900n);
        return mv.MV_EXIT_HLT;
      });
      expect(driver.run(vcpu)).toBe(0);
      expect(driver.shared(vcpu, kvm.KVM_RUN_READY_FOR_INTERRUPT_INJECTION, 1)).toBe(ready);
      expect(driver.shared(vcpu, kvm.KVM_RUN_IF_FLAG, 1)).toBe(flag);
      expect(driver.shared(vcpu, kvm.KVM_RUN_CR8, 8)).toBe(9n);
      expect(driver.shared(vcpu, kvm.KVM_RUN_APIC_BASE, 8)).toBe(0xfee0_0900n);
    }
  });
});

describe("a run", () => {
  it("gives the guest the task priority, and asks for a window as its user does", () => {
    const { driver, vcpu } = withVcpu();
    const requests: bigint[] = [];
    for (const window of [1, 0]) {
      driver.setShared(vcpu, kvm.KVM_RUN_REQUEST_INTERRUPT_WINDOW, 1, window);
      driver.setShared(vcpu, kvm.KVM_RUN_CR8, 8, 15);
      exits(driver, () => {
        requests.push(driver.memory.peek(driver.vs().page + BigInt(mv.MV_PAGE_REQUEST), 4));
        expect(driver.memory.peek(driver.vs().page + BigInt(mv.MV_PAGE_CR8), 8)).toBe(15n);
        return mv.MV_EXIT_HLT;
      });
      driver.run(vcpu);
    }
    expect(requests).toEqual([BigInt(mv.MV_RUN_WINDOW), 0n]);
  });

  it("wants a task priority that there is", () => {
    const { driver, vcpu } = withVcpu();
    for (const priority of [16n, 1n << 63n]) {
      driver.setShared(vcpu, kvm.KVM_RUN_CR8, 8, priority);
      expect(driver.run(vcpu)).toBe(INVAL);
    }
  });

  it("ends for a signal, and at once when its user wants that", () => {
    const { driver, vcpu } = withVcpu();
    driver.linux.onEnter = () => BigInt(INTR);
    expect([driver.run(vcpu), reason(driver, vcpu)]).toEqual([INTR, kvm.KVM_EXIT_INTR]);
    driver.linux.onEnter = () => 0n;
    driver.setShared(vcpu, kvm.KVM_RUN_IMMEDIATE_EXIT, 1, 1);
    driver.setShared(vcpu, kvm.KVM_RUN_EXIT_REASON, 4, kvm.KVM_EXIT_IO);
    // What the last exit was for is still to be read
    expect([driver.run(vcpu), reason(driver, vcpu)]).toEqual([INTR, kvm.KVM_EXIT_IO]);
  });

  it("is every vCPU's from the beginning: nobody else would start it", () => {
    const { driver, vm, vcpu } = withVcpu();
    const second = driver.vm(vm, kvm.KVM_CREATE_VCPU, 1);
    exits(driver, mv.MV_EXIT_HLT, mv.MV_EXIT_HLT);
    expect([driver.run(vcpu), driver.run(second)]).toEqual([0, 0]);
  });
});

describe("a port", () => {
  const port = (driver: Driver, flags: number, bytes: number, data = 0n) => {
    driver.tell(driver.vs(), mv.MV_PAGE_PORT, 2, 0x3f8);
    driver.tell(driver.vs(), mv.MV_PAGE_IO_BYTES, 1, bytes);
    driver.tell(driver.vs(), mv.MV_PAGE_IO_FLAGS, 1, flags);
    if ((flags & mv.MV_IO_IN) === 0) driver.tell(driver.vs(), mv.MV_PAGE_DATA, 8, data);
    return mv.MV_EXIT_IO;
  };
  const io = (driver: Driver, vcpu: number) => ({
    direction: driver.shared(vcpu, kvm.KVM_RUN_IO_DIRECTION, 1),
    size: driver.shared(vcpu, kvm.KVM_RUN_IO_SIZE, 1),
    port: driver.shared(vcpu, kvm.KVM_RUN_IO_PORT, 2),
    count: driver.shared(vcpu, kvm.KVM_RUN_IO_COUNT, 4),
    offset: driver.shared(vcpu, kvm.KVM_RUN_IO_DATA_OFFSET, 8),
  });

  it.each([1, 2, 4])("gets %i bytes of the guest's", (bytes) => {
    const { driver, vcpu } = withVcpu();
    exits(driver, () => port(driver, 0, bytes, 0x1234_5678n));
    expect([driver.run(vcpu), reason(driver, vcpu)]).toEqual([0, kvm.KVM_EXIT_IO]);
    expect(io(driver, vcpu)).toEqual({ direction: 1n, size: BigInt(bytes), port: 0x3f8n, count: 1n, offset: 4096n });
    expect(driver.shared(vcpu, DATA, 4)).toBe(0x1234_5678n);
  });

  it("gives the guest what its user has read, also when the user comes back at once", () => {
    const { driver, vcpu } = withVcpu();
    const given: bigint[] = [];
    const look = () => {
      given.push(driver.memory.peek(driver.vs().page + BigInt(mv.MV_PAGE_DATA), 8));
      return mv.MV_EXIT_HLT;
    };
    exits(driver, () => port(driver, mv.MV_IO_IN, 4), look, look);
    expect([driver.run(vcpu), reason(driver, vcpu)]).toEqual([0, kvm.KVM_EXIT_IO]);
    expect(io(driver, vcpu).direction).toBe(0n);
    driver.setShared(vcpu, DATA, 8, 0xdead_beefn);
    driver.setShared(vcpu, kvm.KVM_RUN_IMMEDIATE_EXIT, 1, 1);
    expect(driver.run(vcpu)).toBe(INTR);
    driver.setShared(vcpu, DATA, 8, 0n);
    driver.setShared(vcpu, kvm.KVM_RUN_IMMEDIATE_EXIT, 1, 0);
    driver.run(vcpu);
    // Once: the next run has nothing of it
    driver.tell(driver.vs(), mv.MV_PAGE_DATA, 8, 0);
    driver.run(vcpu);
    expect(given).toEqual([0xdead_beefn, 0n]);
  });
});

const general = (driver: Driver, name: (typeof GENERAL)[number]) =>
  driver.memory.peek(driver.vs().page + BigInt(mv.MV_PAGE_GENERAL + 8 * GENERAL.indexOf(name)), 8);
const rip = (driver: Driver) => driver.memory.peek(driver.vs().page + BigInt(mv.MV_PAGE_RIP), 8);
const request = (driver: Driver) => driver.memory.peek(driver.vs().page + BigInt(mv.MV_PAGE_REQUEST), 4);

const mmio = (driver: Driver, vcpu: number) => ({
  address: driver.shared(vcpu, kvm.KVM_RUN_MMIO_PHYS_ADDR, 8),
  data: driver.shared(vcpu, kvm.KVM_RUN_MMIO_DATA, 8),
  bytes: driver.shared(vcpu, kvm.KVM_RUN_MMIO_LEN, 4),
  isWrite: driver.shared(vcpu, kvm.KVM_RUN_MMIO_IS_WRITE, 1),
});

describe("a device's memory", () => {
  it("is written by the user, and the guest is behind that when it runs next", () => {
    const { driver, vcpu } = withCode(0xa3, 0x10, 0x00); // mov [10h], ax
    exits(
      driver,
      () => device(driver, 0x10n, mv.MV_ACCESS_WRITE, { RAX: 0x1234n }),
      () => {
        expect([request(driver), rip(driver)]).toEqual([BigInt(mv.MV_RUN_REGISTERS), CODE + 3n]);
        return mv.MV_EXIT_HLT;
      },
      () => {
        expect(request(driver)).toBe(0n);
        return mv.MV_EXIT_HLT;
      },
    );
    expect([driver.run(vcpu), reason(driver, vcpu)]).toEqual([0, kvm.KVM_EXIT_MMIO]);
    expect(mmio(driver, vcpu)).toEqual({ address: DEVICE + 0x10n, data: 0x1234n, bytes: 2n, isWrite: 1n });
    expect([driver.run(vcpu), driver.run(vcpu)]).toEqual([0, 0]);
  });

  it("is read by the user; whoever comes back at once finds the registers behind that", () => {
    const { driver, vcpu } = withCode(0xa1, 0x20, 0x00); // mov ax, [20h]
    exits(driver, () => device(driver, 0x20n, 0, { RAX: 0xffff_0000n }));
    expect([driver.run(vcpu), reason(driver, vcpu)]).toEqual([0, kvm.KVM_EXIT_MMIO]);
    expect(mmio(driver, vcpu)).toEqual({ address: DEVICE + 0x20n, data: 0n, bytes: 2n, isWrite: 0n });
    driver.setShared(vcpu, kvm.KVM_RUN_MMIO_DATA, 8, 0xbeefn);
    driver.setShared(vcpu, kvm.KVM_RUN_IMMEDIATE_EXIT, 1, 1);
    expect([driver.run(vcpu), reason(driver, vcpu)]).toEqual([INTR, kvm.KVM_EXIT_MMIO]);
    expect(driver.vcpu(vcpu, kvm.KVM_GET_REGS, ARGUMENT)).toBe(0);
    expect(driver.peek(kvm.KVM_REGS_RAX, 8)).toBe(0xffff_beefn);
    expect(driver.peek(kvm.KVM_REGS_RIP, 8)).toBe(CODE + 3n);
    expect(driver.vs().registers.get(mv.MV_REG_INTERRUPT_SHADOW)).toBe(0n);
  });

  it("is forgotten when its user has the guest go on elsewhere", () => {
    const { driver, vcpu } = withCode(0xa3, 0x10, 0x00); // mov [10h], ax
    exits(
      driver,
      () => device(driver, 0x10n, mv.MV_ACCESS_WRITE, { RAX: 0x1234n }),
      () => {
        expect(request(driver)).toBe(0n);
        expect(driver.vs().registers.get(mv.MV_REG_RIP)).toBe(0xfff0n);
        return mv.MV_EXIT_HLT;
      },
    );
    expect([driver.run(vcpu), reason(driver, vcpu)]).toEqual([0, kvm.KVM_EXIT_MMIO]);
    driver.fill(0);
    driver.poke(kvm.KVM_REGS_RIP, 8, 0xfff0);
    expect(driver.vcpu(vcpu, kvm.KVM_SET_REGS, ARGUMENT)).toBe(0);
    expect([driver.run(vcpu), reason(driver, vcpu)]).toEqual([0, kvm.KVM_EXIT_HLT]);
  });

  it("is read for the guest whose registers were set as they were", () => {
    const { driver, vcpu } = withCode(0xa1, 0x20, 0x00); // mov ax, [20h]
    exits(
      driver,
      () => device(driver, 0x20n, 0),
      () => {
        expect([rip(driver), general(driver, "RAX")]).toEqual([CODE + 3n, 0xbeefn]);
        return mv.MV_EXIT_HLT;
      },
    );
    driver.vs().registers.set(mv.MV_REG_RIP, CODE);
    driver.run(vcpu);
    expect(driver.vcpu(vcpu, kvm.KVM_GET_REGS, ARGUMENT)).toBe(0);
    expect(driver.vcpu(vcpu, kvm.KVM_SET_REGS, ARGUMENT)).toBe(0);
    driver.setShared(vcpu, kvm.KVM_RUN_MMIO_DATA, 8, 0xbeefn);
    expect([driver.run(vcpu), reason(driver, vcpu)]).toEqual([0, kvm.KVM_EXIT_HLT]);
  });

  it("is read for a guest with other registers, when its user has given it some", () => {
    const { driver, vcpu } = withCode(0xa1, 0x20, 0x00); // mov ax, [20h]
    exits(
      driver,
      () => device(driver, 0x20n, 0, { RSI: 1n }),
      () => {
        expect(["RAX", "RSI", "RBP"].map((name) => general(driver, name as "RAX"))).toEqual([0xbeefn, 0x5678n, 9n]);
        expect([rip(driver), request(driver)]).toEqual([CODE + 3n, BigInt(mv.MV_RUN_REGISTERS)]);
        return mv.MV_EXIT_HLT;
      },
    );
    driver.run(vcpu);
    expect(driver.vcpu(vcpu, kvm.KVM_GET_REGS, ARGUMENT)).toBe(0);
    expect([driver.peek(kvm.KVM_REGS_RSI, 8), driver.peek(kvm.KVM_REGS_RIP, 8)]).toEqual([1n, CODE]);
    driver.poke(kvm.KVM_REGS_RSI, 8, 0x5678);
    driver.poke(kvm.KVM_REGS_RBP, 8, 9);
    expect(driver.vcpu(vcpu, kvm.KVM_SET_REGS, ARGUMENT)).toBe(0);
    driver.setShared(vcpu, kvm.KVM_RUN_MMIO_DATA, 8, 0xbeefn);
    expect([driver.run(vcpu), reason(driver, vcpu)]).toEqual([0, kvm.KVM_EXIT_HLT]);
  });

  it("is written once, whatever its user reads and writes of the registers behind that", () => {
    const { driver, vcpu } = withCode(0xa3, 0x10, 0x00); // mov [10h], ax
    exits(
      driver,
      () => device(driver, 0x10n, mv.MV_ACCESS_WRITE, { RAX: 0x1234n }),
      () => {
        expect([rip(driver), general(driver, "RAX"), general(driver, "RBX")]).toEqual([CODE + 3n, 0x4321n, 0n]);
        return mv.MV_EXIT_HLT;
      },
    );
    driver.run(vcpu);
    expect(driver.vcpu(vcpu, kvm.KVM_GET_REGS, ARGUMENT)).toBe(0);
    expect([driver.peek(kvm.KVM_REGS_RAX, 8), driver.peek(kvm.KVM_REGS_RIP, 8)]).toEqual([0x1234n, CODE + 3n]);
    driver.poke(kvm.KVM_REGS_RAX, 8, 0x4321);
    expect(driver.vcpu(vcpu, kvm.KVM_SET_REGS, ARGUMENT)).toBe(0);
    expect([driver.run(vcpu), reason(driver, vcpu)]).toEqual([0, kvm.KVM_EXIT_HLT]);
  });

  it("is read and written by one instruction", () => {
    const { driver, vcpu } = withCode(0x01, 0x06, 0x08, 0x00); // add [8], ax
    exits(driver, () => device(driver, 8n, mv.MV_ACCESS_WRITE, { RAX: 2n }), mv.MV_EXIT_HLT);
    expect(driver.run(vcpu)).toBe(0);
    expect(mmio(driver, vcpu).isWrite).toBe(0n);
    driver.setShared(vcpu, kvm.KVM_RUN_MMIO_DATA, 8, 40n);
    expect(driver.run(vcpu)).toBe(0);
    expect(mmio(driver, vcpu)).toMatchObject({ data: 42n, isWrite: 1n });
    expect([driver.run(vcpu), reason(driver, vcpu)]).toEqual([0, kvm.KVM_EXIT_HLT]);
  });

  it("is where a read-only slot is written", () => {
    const { driver, vm, vcpu } = withCode(0xa3, 0x00, 0x00); // mov [0], ax
    expect(driver.slot(vm, 1, DEVICE, 0x1000n, RAM, kvm.KVM_MEM_READONLY)).toBe(0);
    driver.memory.poke(RAM, 8, 0x77n);
    exits(driver, () => device(driver, 0n, mv.MV_ACCESS_WRITE, { RAX: 1n }));
    expect([driver.run(vcpu), reason(driver, vcpu)]).toEqual([0, kvm.KVM_EXIT_MMIO]);
    expect(mmio(driver, vcpu)).toMatchObject({ address: DEVICE, data: 1n, isWrite: 1n });
    expect(driver.memory.peek(RAM, 8)).toBe(0x77n);
  });

  it("between a slot's page and none", () => {
    const { driver, vm, vcpu } = withCode(0x66, 0xa3, 0xfe, 0x0f); // mov [ffeh], eax
    expect(driver.slot(vm, 1, DEVICE, 0x1000n, RAM + 0x8000n)).toBe(0);
    exits(driver, () => device(driver, 0x1000n, mv.MV_ACCESS_WRITE, { RAX: 0x4433_2211n }), mv.MV_EXIT_HLT);
    expect([driver.run(vcpu), reason(driver, vcpu)]).toEqual([0, kvm.KVM_EXIT_MMIO]);
    expect(mmio(driver, vcpu)).toEqual({ address: DEVICE + 0x1000n, data: 0x4433n, bytes: 2n, isWrite: 1n });
    expect(driver.run(vcpu)).toBe(0);
    expect(driver.memory.peek(RAM + 0x8ffen, 2)).toBe(0x2211n);
    // The user's memory behind the slot is not the guest's
    expect(driver.memory.peek(RAM + 0x9000n, 8)).toBe(0n);
  });

  it("raises what the instruction raises", () => {
    const { driver, vcpu } = withCode(0xa3, 0xff, 0xff); // mov [ffffh], ax: beyond the segment
    exits(driver, () => device(driver, 0xffffn, mv.MV_ACCESS_WRITE), mv.MV_EXIT_HLT);
    expect([driver.run(vcpu), reason(driver, vcpu)]).toEqual([0, kvm.KVM_EXIT_HLT]);
    expect(driver.vs().registers.get(mv.MV_REG_EVENT)).toBe(0x8000_030dn);
  });

  it("is an internal error, with its bytes, where nobody knows the instruction", () => {
    const { driver, vcpu } = withCode(0x0f, 0xae, 0x06, 0x00, 0x00); // fxsave [0]
    exits(driver, () => device(driver, 0n, 0));
    expect([driver.run(vcpu), reason(driver, vcpu)]).toEqual([0, kvm.KVM_EXIT_INTERNAL_ERROR]);
    expect(driver.shared(vcpu, kvm.KVM_RUN_INTERNAL_NDATA, 4)).toBe(4n);
    const data = (offset: number, size: number) => driver.shared(vcpu, kvm.KVM_RUN_INTERNAL_DATA + offset, size);
    expect(data(0, 8)).toBe(BigInt(kvm.KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES));
    expect(data(9, 2)).toBe(0xae0fn);
    expect(data(8, 1)).toBeGreaterThanOrEqual(2n);
  });

  it("is read and written by XMM registers, which are the guest's FPU state", () => {
    // movdqu xmm1, [10h]; movups [20h], xmm2
    const { driver, vcpu } = withCode(0xf3, 0x0f, 0x6f, 0x0e, 0x10, 0x00, 0x0f, 0x11, 0x16, 0x20, 0x00);
    const vs = driver.vs();
    const xmm = (number: number): bigint[] =>
      [0, 8].map((half) => new DataView(vs.fpu.buffer).getBigUint64(160 + 16 * number + half, true));
    vs.registers.set(mv.MV_REG_CR4, 0x200n);
    // What nobody has used is zero, whatever lies there
    vs.fpu.fill(0xaa, 160, 416);
    vs.fpu.fill(0, 512, 520);
    exits(
      driver,
      () => device(driver, 0x10n, 0),
      () => {
        expect([xmm(1), xmm(2), vs.fpu[512]]).toEqual([[0x1111n, 0x2222n], [0n, 0n], 2]);
        new DataView(vs.fpu.buffer).setBigUint64(160 + 32, 0x3333n, true);
        driver.tell(vs, mv.MV_PAGE_ADDRESS, 8, DEVICE + 0x20n);
        driver.tell(vs, mv.MV_PAGE_ACCESS, 4, mv.MV_ACCESS_WRITE);
        return mv.MV_EXIT_MMIO;
      },
      mv.MV_EXIT_HLT,
    );
    for (const [at, data] of [
      [0x10n, 0x1111n],
      [0x18n, 0x2222n],
    ] as const) {
      driver.run(vcpu);
      expect(mmio(driver, vcpu)).toMatchObject({ address: DEVICE + at, bytes: 8n, isWrite: 0n });
      driver.setShared(vcpu, kvm.KVM_RUN_MMIO_DATA, 8, data);
    }
    const before = driver.calls.length;
    for (const [at, data] of [
      [0x20n, 0x3333n],
      [0x28n, 0n],
    ] as const) {
      driver.run(vcpu);
      expect(mmio(driver, vcpu)).toEqual({ address: DEVICE + at, data, bytes: 8n, isWrite: 1n });
    }
    driver.run(vcpu);
    expect(rip(driver)).toBe(CODE + 11n);
    // What was only written to the device is the guest's as it was
    expect(driver.calls.slice(before).filter((call) => call === mv.MV_VS_FPU_SET_ALL).length).toBe(2);
  });

  it("is read by MMX registers, which are those of x87 then", () => {
    const { driver, vcpu } = withCode(0x0f, 0x6f, 0x0e, 0x10, 0x00); // movq mm1, [10h]
    const vs = driver.vs();
    // x87 as after a reset, whatever lies there
    vs.fpu.fill(0xaa, 0, 24);
    vs.fpu.fill(0xaa, 32, 160);
    vs.fpu.fill(0, 512, 520);
    exits(driver, () => device(driver, 0x10n, 0), mv.MV_EXIT_HLT);
    driver.run(vcpu);
    expect(mmio(driver, vcpu)).toEqual({ address: DEVICE + 0x10n, data: 0n, bytes: 8n, isWrite: 0n });
    driver.setShared(vcpu, kvm.KVM_RUN_MMIO_DATA, 8, 0x1122n);
    expect([driver.run(vcpu), reason(driver, vcpu)]).toEqual([0, kvm.KVM_EXIT_HLT]);
    // FCW, FSW, all registers in use; MM1 alone has something
    expect([...vs.fpu.subarray(0, 8)]).toEqual([0x7f, 3, 0, 0, 0xff, 0, 0, 0]);
    expect([...vs.fpu.subarray(48, 58)]).toEqual([0x22, 0x11, 0, 0, 0, 0, 0, 0, 0xff, 0xff]);
    expect([vs.fpu[32], vs.fpu[64], vs.fpu[512]]).toEqual([0, 0, 1]);
  });

  it("has a selector, whose segment is the guest's then; behind a move to SS nothing comes between", () => {
    const { driver, vcpu } = withCode(0x8e, 0x16, 0x20, 0x00); // mov ss, [20h]
    const { registers } = driver.vs();
    const GDT = 0x3000n;
    registers.set(mv.MV_REG_CR0, 0x11n);
    registers.set(mv.MV_REG_GDTR_BASE, GDT);
    registers.set(mv.MV_REG_GDTR_LIMIT, 0x1fn);
    driver.memory.poke(RAM + GDT + 0x18n, 8, 0x1240_9234_5678_ffffn);
    const segment = (first: number) => [0, 1, 2, 3].map((part) => registers.get(first + part));
    const code = segment(mv.MV_REG_CS_SELECTOR);
    exits(
      driver,
      () => device(driver, 0x20n, 0),
      () => {
        expect(segment(mv.MV_REG_SS_SELECTOR)).toEqual([0x18n, 0x493n, 0xffffn, 0x1234_5678n]);
        expect(segment(mv.MV_REG_CS_SELECTOR)).toEqual(code);
        expect([registers.get(mv.MV_REG_INTERRUPT_SHADOW), registers.get(mv.MV_REG_RIP)]).toEqual([1n, CODE + 4n]);
        return mv.MV_EXIT_HLT;
      },
    );
    driver.run(vcpu);
    expect(mmio(driver, vcpu)).toEqual({ address: DEVICE + 0x20n, data: 0n, bytes: 2n, isWrite: 0n });
    driver.setShared(vcpu, kvm.KVM_RUN_MMIO_DATA, 8, 0x18n);
    expect([driver.run(vcpu), reason(driver, vcpu)]).toEqual([0, kvm.KVM_EXIT_HLT]);
    // Its descriptor was used
    expect(driver.memory.peek(RAM + GDT + 0x18n, 8)).toBe(0x1240_9334_5678_ffffn);
  });

  it("has a pointer to code, whose segment is the guest's then", () => {
    const { driver, vcpu } = withCode(0xff, 0x2e, 0x20, 0x00); // jmp far [20h]
    const { registers } = driver.vs();
    exits(
      driver,
      () => device(driver, 0x20n, 0),
      () => {
        expect([registers.get(mv.MV_REG_CS_SELECTOR), registers.get(mv.MV_REG_CS_BASE)]).toEqual([0x1000n, 0x1_0000n]);
        expect([rip(driver), request(driver)]).toEqual([0x234n, BigInt(mv.MV_RUN_REGISTERS)]);
        return mv.MV_EXIT_HLT;
      },
    );
    driver.run(vcpu);
    driver.setShared(vcpu, kvm.KVM_RUN_MMIO_DATA, 8, 0x1000_0234n);
    expect([driver.run(vcpu), reason(driver, vcpu)]).toEqual([0, kvm.KVM_EXIT_HLT]);
  });

  it("says EFAULT when the instruction's own memory is gone", () => {
    const { driver, vcpu } = withCode(0xa1, 0x00, 0x00);
    driver.memory.unmap(RAM + CODE, 4096);
    exits(driver, () => device(driver, 0n, 0));
    expect(driver.run(vcpu)).toBe(FAULT);
    expect(driver.taken.locks).toBe(0);
  });

  it("is an internal error when MicroV does not tell the registers", () => {
    const { driver, vcpu } = withCode(0xa1, 0x00, 0x00);
    exits(driver, () => {
      driver.microv.refuse = () => mv.MV_STATUS_INVALID_INPUT_REG2;
      return device(driver, 0n, 0);
    });
    expect([driver.run(vcpu), reason(driver, vcpu)]).toEqual([0, kvm.KVM_EXIT_INTERNAL_ERROR]);
  });
});

describe("an instruction that the processor does not know", () => {
  const undefinedAt = (...code: readonly number[]) => {
    const made = withCode(...code);
    exits(
      made.driver,
      () => {
        tellInstruction(made.driver, { RAX: 5n });
        return mv.MV_EXIT_UNDEFINED;
      },
      () => {
        expect(rip(made.driver)).toBe(CODE);
        return mv.MV_EXIT_HLT;
      },
    );
    expect([made.driver.run(made.vcpu), reason(made.driver, made.vcpu)]).toEqual([0, kvm.KVM_EXIT_HLT]);
    return { code: [...made.driver.memory.read(RAM + CODE, code.length)], ...made };
  };

  it("is replaced when it is the other vendor's hypercall", () => {
    const { driver, code } = undefinedAt(0x0f, 0x01, 0xc1, 0x90); // vmcall
    expect(code).toEqual([0x0f, 0x01, 0xd9, 0x90]);
    expect(driver.vs().registers.get(mv.MV_REG_EVENT)).toBe(0n);
  });

  it("is #UD otherwise", () => {
    const { driver, code } = undefinedAt(0x0f, 0x0b); // ud2
    expect(code).toEqual([0x0f, 0x0b]);
    expect(driver.vs().registers.get(mv.MV_REG_EVENT)).toBe(0x8000_0306n);
  });
});

describe("a string at a port", () => {
  it("goes over in one piece, and back", () => {
    const { driver, vcpu } = withCode(0xf3, 0x6c); // rep insb
    const registers = driver.vs().registers;
    registers.set(mv.MV_REG_ES_BASE, 0x2000n);
    exits(
      driver,
      () => {
        tellInstruction(driver, { RCX: 5n, RDX: 0x60n, RDI: 0x10n });
        driver.tell(driver.vs(), mv.MV_PAGE_IO_FLAGS, 1, mv.MV_IO_IN | mv.MV_IO_STRING | mv.MV_IO_REPEATED);
        return mv.MV_EXIT_IO;
      },
      mv.MV_EXIT_HLT,
    );
    expect([driver.run(vcpu), reason(driver, vcpu)]).toEqual([0, kvm.KVM_EXIT_IO]);
    expect(driver.shared(vcpu, kvm.KVM_RUN_IO_COUNT, 4)).toBe(5n);
    expect(driver.shared(vcpu, kvm.KVM_RUN_IO_PORT, 2)).toBe(0x60n);
    for (let i = 0; i < 5; i++) driver.setShared(vcpu, DATA + i, 1, 0x41 + i);
    expect([driver.run(vcpu), reason(driver, vcpu)]).toEqual([0, kvm.KVM_EXIT_HLT]);
    expect([...driver.memory.read(RAM + 0x2010n, 6)]).toEqual([0x41, 0x42, 0x43, 0x44, 0x45, 0]);
    expect([general(driver, "RCX"), general(driver, "RDI"), rip(driver)]).toEqual([0n, 0x15n, CODE + 2n]);
  });

  it.each([
    ["fewer", 2n, 1n, [], [0x41, 0, 0]],
    ["more", 3n, 5n, [2n], [0x41, 0x42, 0x43, 0x41, 0x42]],
  ])("goes on with as many elements as its user says: %s", (_, first, then, rest, memory) => {
    const { driver, vcpu } = withCode(0xf3, 0x6c); // rep insb
    driver.vs().registers.set(mv.MV_REG_ES_BASE, 0x2000n);
    exits(
      driver,
      () => {
        tellInstruction(driver, { RCX: first, RDX: 0x60n, RDI: 0x10n });
        driver.tell(driver.vs(), mv.MV_PAGE_IO_FLAGS, 1, mv.MV_IO_IN | mv.MV_IO_STRING | mv.MV_IO_REPEATED);
        return mv.MV_EXIT_IO;
      },
      mv.MV_EXIT_HLT,
    );
    driver.run(vcpu);
    expect(driver.vcpu(vcpu, kvm.KVM_GET_REGS, ARGUMENT)).toBe(0);
    expect(driver.peek(kvm.KVM_REGS_RCX, 8)).toBe(first);
    driver.poke(kvm.KVM_REGS_RCX, 8, then);
    expect(driver.vcpu(vcpu, kvm.KVM_SET_REGS, ARGUMENT)).toBe(0);
    for (const count of [first, ...rest]) {
      expect(driver.shared(vcpu, kvm.KVM_RUN_IO_COUNT, 4)).toBe(count);
      for (let i = 0; i < count; i++) driver.setShared(vcpu, DATA + i, 1, 0x41 + i);
      driver.run(vcpu);
    }
    expect(reason(driver, vcpu)).toBe(kvm.KVM_EXIT_HLT);
    expect([...driver.memory.read(RAM + 0x2010n, memory.length)]).toEqual(memory);
    expect([general(driver, "RCX"), general(driver, "RDI"), rip(driver)]).toEqual([0n, 0x10n + then, CODE + 2n]);
  });
});

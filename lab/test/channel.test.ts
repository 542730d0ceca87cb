import { describe, expect, it } from "vitest";
import { encodeFrame, FrameDecoder } from "../src/linux/channel.ts";
import { EscapeFilter } from "../src/linux/shell.ts";
import { Transcript } from "../src/linux/transcript.ts";

const decode = (chunks: readonly Buffer[]): [string, string][] => {
  const frames: [string, string][] = [];
  const decoder = new FrameDecoder();
  for (const chunk of chunks) {
    decoder.push(chunk, (type, payload) => frames.push([type, payload.toString()]));
  }
  return frames;
};

describe("frames", () => {
  const stream = Buffer.concat([
    encodeFrame("O", Buffer.from("first")),
    encodeFrame("E", Buffer.alloc(0)),
    encodeFrame("X", Buffer.from("third")),
  ]);
  const frames = [
    ["O", "first"],
    ["E", ""],
    ["X", "third"],
  ];

  it("has the type, the length in little endian and the payload", () => {
    expect([...encodeFrame("C", Buffer.from("ab"))]).toEqual([0x43, 2, 0, 0, 0, 0x61, 0x62]);
  });

  it("come out whole when they arrive at once", () => {
    expect(decode([stream])).toEqual(frames);
  });

  it("come out whole however the stream was cut", () => {
    for (let size = 1; size < stream.length; size++) {
      const chunks: Buffer[] = [];
      for (let at = 0; at < stream.length; at += size) {
        chunks.push(stream.subarray(at, at + size));
      }
      expect(decode(chunks)).toEqual(frames);
    }
  });
});

describe("EscapeFilter", () => {
  it("passes everything but Ctrl-A X", () => {
    const escapes = new EscapeFilter();
    expect(escapes.filter(Buffer.from("ls\r"))).toEqual({ bytes: Buffer.from("ls\r"), quit: false });
    expect(escapes.filter(Buffer.from("\x01X"))).toEqual({ bytes: Buffer.alloc(0), quit: true });
  });

  it("knows a sequence that arrives in two pieces", () => {
    const escapes = new EscapeFilter();
    expect(escapes.filter(Buffer.from("a\x01"))).toEqual({ bytes: Buffer.from("a"), quit: false });
    expect(escapes.filter(Buffer.from("x")).quit).toBe(true);
  });

  it("makes one Ctrl-A of two", () => {
    expect(new EscapeFilter().filter(Buffer.from("\x01\x01x"))).toEqual({ bytes: Buffer.from("\x01x"), quit: false });
  });
});

describe("Transcript", () => {
  it("keeps the streams apart, and the order of both", () => {
    const transcript = new Transcript();
    transcript.add(Buffer.from("1"), "stdout");
    transcript.add(Buffer.from("2"), "stderr");
    transcript.add(Buffer.from("3"), "stdout");
    expect(transcript.texts()).toEqual({ stdout: "13", stderr: "2", output: "123" });
  });

  it("puts characters together that were cut between two pieces", () => {
    const transcript = new Transcript();
    const [first, second] = Buffer.from("é");
    transcript.add(Buffer.from([first ?? 0]), "stdout");
    transcript.add(Buffer.from([second ?? 0]), "stdout");
    expect(transcript.texts().stdout).toBe("é");
  });
});

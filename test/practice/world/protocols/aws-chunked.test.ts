import { expect, test } from "vitest";
import { decodeChunks } from "../../../../src/practice/world/protocols/aws-chunked.ts";

const decode = (text: string) => {
  const { data, trailers } = decodeChunks(Buffer.from(text, "latin1"));
  return { data: data.toString("latin1"), trailers };
};

test("chunks are joined and trailing checksums are read", () => {
  expect(decode("4\r\na\r\nb\r\n1\r\nc\r\n0\r\nx-amz-checksum-crc32:AAAA\r\n\r\n")).toEqual({
    data: "a\r\nbc",
    trailers: { "x-amz-checksum-crc32": "AAAA" },
  });
});

test("signed chunks lose their signatures", () => {
  const signed = "3;chunk-signature=0\r\nabc\r\n0;chunk-signature=1\r\n\r\n";
  expect(decode(signed)).toEqual({ data: "abc", trailers: {} });
});

test.each(["", "5\r\nabc", "zz\r\nabc\r\n", "3\r\nabc\r\n"])("the broken body %j is refused", (text) => {
  expect(() => decode(text)).toThrow("ends within a chunk");
});

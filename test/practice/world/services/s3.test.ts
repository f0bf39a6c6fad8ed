import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { changes, clientFor, openWorld } from "../running-world.ts";

const Bucket = "hokusai-tfstate";
const lock = { Bucket, Key: "development/terraform.tfstate.tflock" };

async function open() {
  const running = await openWorld(({ seed }) => seed.putBucket(Bucket));
  return { running, client: new S3Client({ ...clientFor(running), forcePathStyle: true }) };
}

test("an object comes back as it was put, with its type, metadata and ETag", async () => {
  const { client } = await open();
  const put = { ...lock, Body: "héllo", ContentType: "text/plain", Metadata: { by: "test" } };
  const { ETag } = await client.send(new PutObjectCommand(put));
  const got = await client.send(new GetObjectCommand(lock));
  expect(await got.Body?.transformToString()).toBe("héllo");
  expect(got).toMatchObject({ ETag, ContentType: "text/plain", Metadata: { by: "test" }, ContentLength: 6 });
  const head = await client.send(new HeadObjectCommand(lock));
  expect(head).toMatchObject({ ETag, ContentLength: 6 });
  expect(head.LastModified?.getTime()).toBeGreaterThan(Date.now() - 10_000);
});

test("a body sent in checksummed chunks is stored without the chunks", async () => {
  const { running, client } = await open();
  // The SDK sends such bodies only over TLS, so this is one by hand.
  await fetch(`${running.url}/${Bucket}/a%20b/%C3%BC`, {
    method: "PUT",
    headers: {
      authorization:
        "AWS4-HMAC-SHA256 Credential=practice/20250101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0",
      "content-encoding": "aws-chunked",
      "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    },
    body: "4\r\none \r\n3\r\ntwo\r\n0\r\nx-amz-checksum-crc32:zQeJLw==\r\n\r\n",
  });
  const got = await client.send(new GetObjectCommand({ Bucket, Key: "a b/ü" }));
  expect(await got.Body?.transformToString()).toBe("one two");
  expect(running.world.ledger.entries()).toMatchObject([
    {
      operation: "s3:PutObject",
      target: `${Bucket}/a b/ü`,
      request: { bucket: Bucket, key: "a b/ü", bytes: 7 },
    },
  ]);
});

test("a second holder cannot put the lock, and the refusal is not in the ledger", async () => {
  const { running, client } = await open();
  const put = new PutObjectCommand({ ...lock, Body: "first", IfNoneMatch: "*" });
  await client.send(put);
  await expect(client.send(put)).rejects.toMatchObject({
    name: "PreconditionFailed",
    $metadata: { httpStatusCode: 412 },
  });
  expect(changes(running)).toEqual([`s3:PutObject ${Bucket}/${lock.Key}`]);
});

test("If-Match writes, reads and deletes only the object with that ETag", async () => {
  const { client } = await open();
  const { ETag } = await client.send(new PutObjectCommand({ ...lock, Body: "one" }));
  await client.send(new PutObjectCommand({ ...lock, Body: "two", IfMatch: ETag }));
  const stale = [
    new PutObjectCommand({ ...lock, Body: "three", IfMatch: ETag }),
    new GetObjectCommand({ ...lock, IfMatch: ETag }),
    new DeleteObjectCommand({ ...lock, IfMatch: ETag }),
  ];
  for (const command of stale) {
    await expect(client.send(command)).rejects.toMatchObject({
      name: "PreconditionFailed",
    });
  }
  const absent = new PutObjectCommand({ Bucket, Key: "absent", Body: "", IfMatch: ETag });
  await expect(client.send(absent)).rejects.toMatchObject({ name: "NoSuchKey" });
});

test("a read with the ETag that one has is answered with 304", async () => {
  const { client } = await open();
  const { ETag } = await client.send(new PutObjectCommand({ ...lock, Body: "one" }));
  await expect(client.send(new GetObjectCommand({ ...lock, IfNoneMatch: ETag }))).rejects.toMatchObject({
    $metadata: { httpStatusCode: 304 },
  });
});

test("deleting counts once: the object that is not there any more is no change", async () => {
  const { running, client } = await open();
  await client.send(new PutObjectCommand({ ...lock, Body: "one" }));
  await client.send(new DeleteObjectCommand(lock));
  await client.send(new DeleteObjectCommand(lock));
  expect(changes(running)).toEqual([
    `s3:PutObject ${Bucket}/${lock.Key}`,
    `s3:DeleteObject ${Bucket}/${lock.Key}`,
  ]);
});

test("what is not there is refused by name", async () => {
  const { client } = await open();
  await expect(client.send(new GetObjectCommand(lock))).rejects.toMatchObject({ name: "NoSuchKey" });
  await expect(client.send(new HeadObjectCommand(lock))).rejects.toMatchObject({ name: "NotFound" });
  await expect(client.send(new GetObjectCommand({ Bucket: "none", Key: "k" }))).rejects.toMatchObject({
    name: "NoSuchBucket",
  });
});

test("keys are listed by prefix, with common prefixes and page by page", async () => {
  const { client } = await open();
  for (const Key of ["a/1", "a/2", "b", "env:/dev/x & y"]) {
    await client.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
  }
  const top = await client.send(new ListObjectsV2Command({ Bucket, Delimiter: "/" }));
  expect(top.Contents?.map(({ Key }) => Key)).toEqual(["b"]);
  expect(top.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(["a/", "env:/"]);
  const first = await client.send(new ListObjectsV2Command({ Bucket, MaxKeys: 3, EncodingType: "url" }));
  expect(first).toMatchObject({ KeyCount: 3, IsTruncated: true });
  const next = { Bucket, ContinuationToken: first.NextContinuationToken };
  const second = await client.send(new ListObjectsV2Command(next));
  expect(second.Contents).toMatchObject([{ Key: "env:/dev/x & y", Size: 14 }]);
  expect(second.IsTruncated).toBe(false);
  const old = await client.send(new ListObjectsCommand({ Bucket, Prefix: "a/" }));
  expect(old.Contents?.map(({ Key }) => Key)).toEqual(["a/1", "a/2"]);
});

test("buckets can be made, found and listed", async () => {
  const { running, client } = await open();
  await client.send(new CreateBucketCommand({ Bucket: "other" }));
  await client.send(new CreateBucketCommand({ Bucket: "other" }));
  await client.send(new HeadBucketCommand({ Bucket: "other" }));
  expect((await client.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBeFalsy();
  const { Buckets } = await client.send(new ListBucketsCommand({}));
  expect(Buckets?.map(({ Name }) => Name)).toEqual([Bucket, "other"]);
  expect(changes(running)).toEqual(["s3:CreateBucket other"]);
  await expect(client.send(new HeadBucketCommand({ Bucket: "none" }))).rejects.toMatchObject({
    name: "NotFound",
  });
});

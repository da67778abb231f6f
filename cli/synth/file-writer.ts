import { writeFileSync } from 'node:fs';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';

/** Files that are written at once: starting a thread takes as long as a few hundred. */
const FEW = 500;
/** Files that a thread is handed together, and how many such batches may wait for it. */
const BATCH = 100;
const WAITING = 8;

/**
 * Writes files one after the other, in a thread of its own where they are many: then rendering goes on meanwhile, which
 * takes about as long (`npm run bench`).
 */
export class FileWriter {
  private count = 0;
  private batch: [path: string, text: string][] = [];
  private thread?: WriterThread;

  /** @throws Error of the file system, for this file or one before it */
  write(path: string, text: string): void {
    this.count += 1;
    if (this.count <= FEW) {
      writeFileSync(path, text);
      return;
    }
    this.thread ??= new WriterThread();
    this.batch.push([path, text]);
    if (this.batch.length === BATCH) this.thread.hand(this.batch.splice(0));
  }

  /**
   * Waits until all is written.
   * @throws Error of the file system
   */
  end(): void {
    this.thread?.hand(this.batch.splice(0));
    this.thread?.end();
  }

  /** Writes no further, after a failure elsewhere. */
  abandon(): void {
    this.thread?.stop();
  }
}

/** Counts the batches it has done, and wakes who waits for them. */
const PROGRAM = `
const { workerData: { done, faults }, parentPort } = require('node:worker_threads');
const { writeFileSync } = require('node:fs');
parentPort.on('message', (batch) => {
  try {
    for (const [path, text] of batch) writeFileSync(path, text);
  } catch (error) {
    faults.postMessage(error.message);
  }
  Atomics.add(done, 0, 1);
  Atomics.notify(done, 0);
});`;

class WriterThread {
  private readonly done = new Int32Array(new SharedArrayBuffer(4));
  private readonly faults: MessagePort;
  private readonly worker: Worker;
  private handed = 0;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.faults = port1;
    const workerData = { done: this.done, faults: port2 };
    this.worker = new Worker(PROGRAM, { eval: true, workerData, transferList: [port2] });
    this.worker.unref();
  }

  hand(batch: [string, string][]): void {
    this.handed += 1;
    this.worker.postMessage(batch);
    this.waitFor(this.handed - WAITING);
  }

  end(): void {
    this.waitFor(this.handed);
    this.stop();
  }

  stop(): void {
    this.faults.close();
    void this.worker.terminate();
  }

  private waitFor(batches: number): void {
    for (let done = Atomics.load(this.done, 0); done < batches; done = Atomics.load(this.done, 0)) {
      Atomics.wait(this.done, 0, done);
    }
    const fault = receiveMessageOnPort(this.faults) as { readonly message: string } | undefined;
    if (fault) throw new Error(fault.message);
  }
}

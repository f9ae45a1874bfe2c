export class JobQueue<Job> {
  readonly consumers: ((job: Job) => void)[] = [];

  /* next begins */ async next(): Promise<Job> {
    return await new Promise<Job>((resolve) => this.consumers.push(resolve)); /* next */
  }
}

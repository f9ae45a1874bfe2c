/**
 * Settles as `work` does, or rejects with what `onTimeout` makes when that takes longer than
 * `deadlineMs`. The work itself goes on: whoever started it must stop it.
 */
export async function withDeadline<Result>(
  work: Promise<Result>,
  deadlineMs: number,
  onTimeout: () => Error,
): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(onTimeout()), deadlineMs);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

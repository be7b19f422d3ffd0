/** The options that `run` has beside those of `start`, as commander takes them. */
export const runFlags: Readonly<Record<string, string>> = {
  '--junit <FILE>': 'write the account as JUnit XML',
  '--json <FILE>': 'write the account as JSON',
  '--summary <FILE>': 'append the account as Markdown (GitHub: "$GITHUB_STEP_SUMMARY")',
  '--allow-unmatched': 'requests that no rule matched are no failure',
  '--allow-violations': 'requests that violate what a rule expects are no failure',
  '--allow-missed': 'a rule marked `required` that was never called is no failure',
  '--allow-unverified': 'a `verify` of a scenario that does not hold is no failure',
};

export const runHelp = `
The command gets REHEARSAL_URL, REHEARSAL_ADMIN_URL and REHEARSAL_CA, and settings by which curl, git, Node, Python,
Java, Go, Ruby, .NET (Linux) and the AWS tools trust the server. Port 0 is the default here.

Exit codes: the command's own (128 and the signal's number when one ended it; 127 when it is not there, 126 when it cannot
be executed); when it ended with 0: 1 for a failed verification, 3 for an account that cannot be written. Before the
command begins: 1 for mistakes in scenarios, 2 for wrong usage, 3 for the environment.
`;

import { Command, CommanderError, Option } from 'commander';
import { UsageProblem } from '../base/problems.ts';
import { version } from '../server/version.ts';
import type { Settings } from '../server/settings.ts';
import type { Io } from './io.ts';
import { runFlags, runHelp } from './run-options.ts';
import type { StartWords } from './start-words.ts';
import { notYet, refuseNotYet, settingsOfFlags, startOptions } from './start-options.ts';

const startCommands: ReadonlySet<string> = new Set(['start', 'routes', 'run']);
const pathsAbout = 'scenario files or folders (default scenarios/)';

/** Runs the command that these words name, and `start` by way of `serve`. Gives the exit code. Throws UsageProblem and EnvironmentProblem. */
export async function commandLine(words: readonly string[], io: Io, serve: (given: StartWords) => Promise<number>): Promise<number> {
  let code = 0;
  const exit = (given: number): void => {
    code = given;
  };
  const [own, command] = splitCommand(words);
  try {
    await program({ io, exit, serve, words: own, command }).parseAsync(own, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
  return code;
}

interface Call {
  readonly io: Io;
  readonly exit: (code: number) => void;
  readonly serve: (given: StartWords) => Promise<number>;
  readonly words: readonly string[];
  /** What stands behind the `--` of `rehearsal run`. */
  readonly command: readonly string[] | null;
}

/** The commands. Each one's own module is loaded when it is called. */
function program(call: Call): Command {
  const { io, exit, serve, words } = call;
  const root = new Command('rehearsal')
    .description('The server that partners rehearse against before they touch production')
    .version(version(), '-V, --version')
    .exitOverride();

  const start = withStartOptions(words, root.command('start').argument('[PATH...]', pathsAbout).description('serve scenarios over trusted HTTPS'));
  start.action(async (paths: string[]) => exit(await serve({ paths, flags: flagsOf(start) })));

  const check = root.command('check').argument('[PATH...]', pathsAbout).description('find every mistake in the scenarios, and print them like a compiler')
    .option('--format <FORMAT>', 'text, json or github', 'text').option('--fixtures <DIR>', 'folder of files to download (default fixtures/)').option('--strict', 'as `start --strict`');
  check.action(async (paths: string[], options: { format: string; fixtures?: string; strict?: boolean }) => {
    const [{ checkCommand }, { readSettings }] = await Promise.all([import('./check.ts'), import('./start.ts')]);
    if (!['text', 'json', 'github'].includes(options.format)) throw new UsageProblem(`--format: expected text, json or github, got ${options.format}`, 'See `rehearsal check --help`');
    const settings = await readSettings(paths, { ...(options.fixtures !== undefined && { fixtures: options.fixtures }), ...(options.strict && { strict: true }) }, io.env);
    exit(await checkCommand(settings.paths, { format: options.format as 'text' | 'json' | 'github', fixtures: settings.fixtures, strict: settings.strict }, io));
  });

  const routes = withStartOptions(words, root.command('routes').argument('[PATH...]', pathsAbout).description('list the routes with their rules, each with a ready-to-paste curl line'));
  routes.action(async (paths: string[]) => {
    const [{ routesCommand }, { readSettings }] = await Promise.all([import('./routes.ts'), import('./start.ts')]);
    exit(await routesCommand(await readSettings(paths, flagsOf(routes), io.env), io));
  });

  root.command('trust').argument('[CLIENT]', 'curl, python, java, node, …').description('where the CA is, and how each client is told to trust it')
    .option('--certs <DIR>', 'folder of the local CA (default certs/)').option('--san <NAME>', 'a further name; repeatable', collect, []).option('--env', 'print `export` lines only')
    .action(async (client: string | undefined, options: { certs?: string; san: string[]; env?: boolean }) => {
      const [{ trustCommand }, { readSettings }] = await Promise.all([import('./trust.ts'), import('./start.ts')]);
      const settings = await readSettings([], { ...(options.certs !== undefined && { certs: options.certs }), ...(options.san.length > 0 && { san: options.san }) }, io.env);
      exit(await trustCommand({ certs: settings.certs, sans: settings.san, selfSigned: settings.selfSigned, env: options.env === true, client: client ?? null, now: Date.now }, io));
    });

  const certs = root.command('certs').description('certificates of the local CA');
  certs.command('client').argument('<NAME>', 'who the client is: the common name').description('make a client certificate for schemes of the kind `mtls`')
    .option('--certs <DIR>', 'folder of the local CA (default certs/)').option('--days <N>', 'how long it is good, at most as long as the CA (default 365)')
    .action(async (name: string, options: { certs?: string; days?: string }) => {
      const [{ clientCertificateCommand, readDays }, { readSettings }] = await Promise.all([import('./certs.ts'), import('./start.ts')]);
      const settings = await readSettings([], { ...(options.certs !== undefined && { certs: options.certs }) }, io.env);
      exit(await clientCertificateCommand({ name, days: readDays(options.days), certs: settings.certs, now: Date.now }, io));
    });

  root.command('schema').description('print the JSON Schema of a scenario file').action(async () => {
    const { schemaCommand } = await import('./schema.ts');
    exit(await schemaCommand(io));
  });

  root.command('init').argument('[DIR]', 'an empty folder (default: this one)').description('write a first scenario, fixture and CI snippet').action(async (dir: string | undefined) => {
    const { initCommand } = await import('./init.ts');
    exit(await initCommand(dir ?? '.', io));
  });

  addRun(root, call);
  for (const each of [root, ...root.commands, ...certs.commands]) {
    const help = `${each === root ? '' : 'rehearsal '}${each.parent === certs ? 'certs ' : ''}${each.name()} --help`;
    each.exitOverride().configureOutput({ writeErr: io.stderr, writeOut: io.stdout, outputError: (text, write) => write(usageLine(text, help)) });
  }
  return root;
}

/** `rehearsal run [PATH...] -- COMMAND...`. */
function addRun(root: Command, { io, exit, words, command }: Call): void {
  const run = withStartOptions(words, root.command('run').argument('[PATH...]', pathsAbout).usage('[options] [PATH...] -- COMMAND...'))
    .description('serve on a free port, run a command that trusts the server, then verify what it did');
  for (const [flag, about] of Object.entries(runFlags)) run.option(flag, about);
  run.addHelpText('after', runHelp);
  run.action(async (paths: string[]) => {
    const [{ CommandSignals }, { runCommand, readRunOptions }, { readSettings }] = await Promise.all([import('./run-command.ts'), import('./run.ts'), import('./start.ts')]);
    const options = readRunOptions(run.opts(), command, paths);
    const signals = new CommandSignals({ fromTerminal: [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY), process });
    exit(await runCommand(await readSettings(paths, flagsOf(run), io.env, { port: 0 }), { ...options, now: Date.now }, io, signals));
  });
}

/** What commander found wrong, on one line, with what to do. */
function usageLine(text: string, help: string): string {
  const said = text.trim().replace(/^error: /, '').replaceAll('\n', ' ').replace(/\.$/, '');
  return `rehearsal: ${said}. See \`${help}\`\n`;
}

/** They are many: a command gets them unless another that has them is called. */
function withStartOptions([called = '']: readonly string[], command: Command): Command {
  if (called !== command.name() && startCommands.has(called)) return command;
  for (const option of startOptions) {
    const flag = option.value === null ? `--${option.name}` : `--${option.name} <${option.value}>`;
    if (option.repeatable) command.option(flag, option.about, collect);
    else command.option(flag, option.about);
  }
  for (const name of Object.keys(notYet)) command.addOption(new Option(`--${name} <VALUE>`).hideHelp());
  return command;
}

function collect(value: string, earlier: string[] = []): string[] {
  return [...earlier, value];
}

/** Only what was given: commander's defaults must not hide the environment and the file. */
function flagsOf(command: Command): Partial<Settings> {
  for (const name of Object.keys(notYet)) refuseNotYet(name, command.getOptionValue(name), `--${name}`);
  return settingsOfFlags((option) => {
    const name = option.name.replace(/^no-/, '').replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
    return command.getOptionValueSource(name) === 'cli' ? command.getOptionValue(name) : undefined;
  });
}

/** What stands behind the first `--` of `rehearsal run` is another program's, options and all. Null: there is no `--`. */
function splitCommand(args: readonly string[]): [own: readonly string[], command: readonly string[] | null] {
  const dashes = args[0] === 'run' ? args.indexOf('--') : -1;
  return dashes === -1 ? [args, null] : [args.slice(0, dashes), args.slice(dashes + 1)];
}

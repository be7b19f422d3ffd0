import { publishedMistake } from '../base/diagnostic.ts';
import { watchFiles, type Watch } from '../files/watch.ts';
import type { Plan } from '../model/index.ts';
import type { App } from './app.ts';
import { changedFiles } from './changed-files.ts';
import { haveChanged, loadAll, type LoadedFiles } from './load.ts';
import type { RunningControl } from './running-control.ts';
import type { Settings } from './settings.ts';

/** How long a server answers before it begins to watch. */
const headStartMs = 100;

/**
 * Takes over edited scenarios while the server runs. A clean edit is compiled whole and swapped in between two requests; a
 * broken one leaves the last good one serving and its mistakes are told. Gives the way to stop.
 */
export function watchScenarios(settings: Settings, app: App, control: RunningControl, loaded: LoadedFiles, adopt: (plan: Plan) => Promise<void>): () => Promise<void> {
  let closed = false;
  let watching: Promise<Watch | null> | null = null;
  let running: Promise<void> | null = null;
  let again = false;
  /** What serves. */
  let taken = loaded;
  const reload = async (): Promise<void> => {
    do {
      again = false;
      const files = await loadAll(settings);
      if (closed) return;
      if (files.plan) await adopt(files.plan);
      tellAndTake(app, control, files, taken);
      if (files.plan) taken = files;
    } while (again);
  };
  const onChange = (): void => {
    if (running) {
      again = true;
      return;
    }
    running = reload().catch((error: unknown) => app.log.failure('reload', error)).finally(() => {
      running = null;
    });
  };
  const watchAll = (): Promise<Watch> => watchFiles({ paths: [...settings.paths, settings.fixtures], onChange, onError: (error) => app.log.info(`Edits may go unnoticed: ${error.message}`) });
  // The first requests come before the first edits: looking through the folders would hold them up.
  watching = app.wait(headStartMs, app.closing).then(() => (closed ? null : watchAll()));
  // An edit between the first load and the moment from which changes are seen must not be missed.
  watching.then(() => !closed && haveChanged(settings, loaded) && onChange())
    .catch((error: unknown) => app.log.info(`Edits are not watched: ${error instanceof Error ? error.message : String(error)}`));
  return async () => {
    closed = true;
    const watch = await watching?.catch(() => null);
    await watch?.close();
    await running;
  };
}

function tellAndTake(app: App, control: RunningControl, { plan, diagnostics, sources }: LoadedFiles, before: LoadedFiles): void {
  const { serving, log, clock } = app;
  if (plan) {
    serving.swap(plan);
    log.info(`Scenarios reloaded: ${changedFiles(before.sources, sources, before.fixtures.haveChanged())}`);
  } else {
    serving.diagnostics = diagnostics;
    log.mistakes(diagnostics);
    log.info(`${diagnostics.length} mistake${diagnostics.length === 1 ? '' : 's'}: the last good scenarios keep serving`);
  }
  control.emit({ name: 'reload', data: { at: new Date(clock.now()).toISOString(), live: plan !== null, scenarios: [...serving.live.plan.scenarios.keys()].sort(), mistakes: diagnostics.map(publishedMistake) } });
}

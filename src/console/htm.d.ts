/** What the page uses of `htm/preact/standalone`, which the server serves as `console/htm.js`. */

/** Something to be shown. Text is shown as text, whatever is in it. */
export type View = object | string | number | null | undefined | false | readonly View[];

export function html(strings: TemplateStringsArray, ...values: unknown[]): View;
export function render(view: View, parent: Element): void;
export function useState<T>(initial: T | (() => T)): [T, (next: T | ((now: T) => T)) => void];
export function useEffect(effect: () => void | (() => void), inputs?: readonly unknown[]): void;
export function useLayoutEffect(effect: () => void | (() => void), inputs?: readonly unknown[]): void;
export function useRef<T>(initial: T): { current: T };
export function useMemo<T>(make: () => T, inputs: readonly unknown[]): T;
export function useErrorBoundary(seen?: (error: unknown) => void): [unknown, () => void];

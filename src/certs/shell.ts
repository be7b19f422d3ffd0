/** A shell's way of writing a path and of setting a variable, so that a recipe can be pasted as it stands. */
export interface Shell {
  readonly name: 'sh' | 'PowerShell';
  quote(text: string): string;
  set(name: string, value: string): string;
}

export const posixShell: Shell = {
  name: 'sh',
  quote: (text) => (/^[\w@%+:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`),
  set: (name, value) => `export ${name}=${posixShell.quote(value)}`,
};

export const powerShell: Shell = {
  name: 'PowerShell',
  quote: (text) => (/^[\w:./\\-]+$/.test(text) ? text : `'${text.replaceAll("'", "''")}'`),
  set: (name, value) => `$env:${name} = '${value.replaceAll("'", "''")}'`,
};

export function shellOf(platform: NodeJS.Platform): Shell {
  return platform === 'win32' ? powerShell : posixShell;
}

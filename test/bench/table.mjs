/** Whether a row reaches its target: `{ ratio | figure: 'least' | 'most', value }`. Null where there is none. */
export function met({ target, ratio, figure }) {
  if (!target) return null;
  const reached = target.ratio ? ratio : figure;
  return (target.ratio ?? target.figure) === 'least' ? reached >= target.value : reached <= target.value;
}

/** The rows as one table of text. */
export function table(rows) {
  const head = ['measure', 'rehearsal', 'unit', 'beside', 'baseline', 'ratio', 'target', ''];
  const lines = [head, ...rows.map(cells)];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const numeric = new Set([1, 4, 5]);
  const text = (line) => line.map((cell, column) => (numeric.has(column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column]))).join('  ').trimEnd();
  return [text(lines[0]), widths.map((width) => '-'.repeat(width)).join('  '), ...lines.slice(1).map(text)].join('\n');
}

function cells(row) {
  const reached = met(row);
  return [
    row.measure,
    amount(row.figure),
    row.unit,
    row.beside ?? '',
    row.baseline === undefined ? '' : amount(row.baseline),
    row.ratio === undefined ? '' : row.ratio.toFixed(3),
    row.target ? wanted(row) : '',
    reached === null ? '' : reached ? 'met' : 'NOT MET',
  ];
}

function wanted({ target, unit }) {
  const sign = (target.ratio ?? target.figure) === 'least' ? '>=' : '<=';
  return target.ratio ? `${sign} ${target.value} of it` : `${sign} ${target.value.toLocaleString('en')} ${unit.split(' ')[0]}`;
}

function amount(value) {
  if (value >= 1000) return Math.round(value).toLocaleString('en');
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

import { caFile, quoted } from '../exchange/curl-line.js';

/**
 * A line that calls a route, for a POSIX shell. Names in the path are filled with 1.
 * @param {{ method: string, path: string, scenario: string, active: boolean }} route
 * @param {string} url The server's.
 */
export function routeLine({ method, path, scenario, active }, url) {
  const verb = method === 'ANY' ? 'GET' : method;
  const target = `${url}${path.replaceAll(/\{[^{}/]*\}/g, '1').replace(/\*\*$/, '')}`;
  const sends = verb === 'POST' || verb === 'PUT' || verb === 'PATCH';
  return [
    'curl', ...(url.startsWith('https:') ? [`--cacert ${caFile}`] : []),
    ...(verb === 'GET' ? [] : verb === 'HEAD' ? ['--head'] : [`-X ${verb}`]),
    ...(active ? [] : [`-H ${quoted(`Rehearsal-Scenario: ${scenario}`)}`]),
    ...(sends ? ["-H 'Content-Type: application/json'", "--data-raw '{}'"] : []),
    quoted(target),
  ].join(' ');
}

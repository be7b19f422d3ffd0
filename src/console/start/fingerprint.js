/** SHA-256 of a certificate, as certificate viewers write it: `AB:CD:…`. @param {string} pem */
export async function fingerprintOf(pem) {
  const base64 = pem.replaceAll(/-----[^-]+-----|\s/g, '');
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...hash].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(':');
}

/** The media type of a file by the end of its name; `application/octet-stream` for one that is not known. */
export function mediaTypeByName(name: string): string {
  const extension = /\.([^./]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  return byExtension.get(extension) ?? 'application/octet-stream';
}

const text = (type: string): string => `${type}; charset=utf-8`;

const byExtension: ReadonlyMap<string, string> = new Map(Object.entries({
  json: 'application/json', jsonl: 'application/x-ndjson', ndjson: 'application/x-ndjson', geojson: 'application/geo+json', webmanifest: 'application/manifest+json', har: 'application/json', map: 'application/json',
  txt: text('text/plain'), log: text('text/plain'), md: text('text/markdown'), csv: text('text/csv'), tsv: text('text/tab-separated-values'), ics: text('text/calendar'), vcf: text('text/vcard'),
  html: text('text/html'), htm: text('text/html'), css: text('text/css'), js: text('text/javascript'), mjs: text('text/javascript'),
  xml: 'application/xml', xsd: 'application/xml', xsl: 'application/xslt+xml', wsdl: 'application/wsdl+xml', rss: 'application/rss+xml', atom: 'application/atom+xml', xhtml: 'application/xhtml+xml',
  yaml: 'application/yaml', yml: 'application/yaml', toml: 'application/toml', sql: 'application/sql', graphql: 'application/graphql', wasm: 'application/wasm',
  zip: 'application/zip', gz: 'application/gzip', tgz: 'application/gzip', tar: 'application/x-tar', bz2: 'application/x-bzip2', xz: 'application/x-xz', '7z': 'application/x-7z-compressed', rar: 'application/vnd.rar', zst: 'application/zstd', jar: 'application/java-archive',
  pdf: 'application/pdf', rtf: 'application/rtf', epub: 'application/epub+zip',
  doc: 'application/msword', xls: 'application/vnd.ms-excel', ppt: 'application/vnd.ms-powerpoint',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  odt: 'application/vnd.oasis.opendocument.text', ods: 'application/vnd.oasis.opendocument.spreadsheet', odp: 'application/vnd.oasis.opendocument.presentation',
  png: 'image/png', jpg: 'image/jpeg', jpeg: 'image/jpeg', gif: 'image/gif', webp: 'image/webp', avif: 'image/avif', svg: 'image/svg+xml', ico: 'image/vnd.microsoft.icon', bmp: 'image/bmp', tif: 'image/tiff', tiff: 'image/tiff', heic: 'image/heic',
  mp3: 'audio/mpeg', wav: 'audio/wav', ogg: 'audio/ogg', flac: 'audio/flac', m4a: 'audio/mp4', mp4: 'video/mp4', webm: 'video/webm', mov: 'video/quicktime', avi: 'video/x-msvideo', mpeg: 'video/mpeg',
  woff: 'font/woff', woff2: 'font/woff2', ttf: 'font/ttf', otf: 'font/otf',
  pem: 'application/x-pem-file', crt: 'application/x-x509-ca-cert', cer: 'application/pkix-cert', der: 'application/x-x509-ca-cert', p12: 'application/x-pkcs12', pfx: 'application/x-pkcs12', p7b: 'application/x-pkcs7-certificates', sig: 'application/pgp-signature', asc: 'application/pgp-signature',
  apk: 'application/vnd.android.package-archive', exe: 'application/vnd.microsoft.portable-executable', msi: 'application/x-msi', deb: 'application/vnd.debian.binary-package', rpm: 'application/x-rpm', dmg: 'application/x-apple-diskimage', iso: 'application/vnd.efi.iso',
  parquet: 'application/vnd.apache.parquet', avro: 'application/avro', proto: 'text/plain', pb: 'application/protobuf', eml: 'message/rfc822',
}));

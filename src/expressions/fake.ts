import type { Random } from '../model/index.ts';
import { words } from './fake-words.ts';

type Maker = (random: Random, now: number) => unknown;

const day = 86_400_000;

/**
 * What `fake` can make, by the names that testers know from faker. Everything is safe to send: domains are of RFC 2606, addresses
 * of RFC 5737 and RFC 3849, telephone numbers 555-01xx, card numbers and IBANs have right check digits but are nobody's.
 */
export const fakeKinds: Readonly<Record<string, Maker>> = {
  'person.firstName': (random) => pick(random, words.firstNames),
  'person.lastName': (random) => pick(random, words.lastNames),
  'person.fullName': (random) => `${pick(random, words.firstNames)} ${pick(random, words.lastNames)}`,
  'person.jobTitle': (random) => `${pick(random, words.jobLevels)} ${pick(random, words.jobs)}`,
  'internet.email': (random) => `${userName(random)}@example.com`,
  'internet.username': userName,
  'internet.password': (random) => random.bytes(12).toString('base64url'),
  'internet.domainName': (random) => `${pick(random, words.lorem)}.example.com`,
  'internet.url': (random) => `https://${pick(random, words.lorem)}.example.com/${pick(random, words.lorem)}`,
  'internet.ip': (random) => `192.0.2.${random.integer(1, 254)}`,
  'internet.ipv4': (random) => `198.51.100.${random.integer(1, 254)}`,
  'internet.ipv6': (random) => `2001:db8::${random.integer(1, 0xffff).toString(16)}:${random.integer(1, 0xffff).toString(16)}`,
  'internet.mac': (random) => `02:${random.bytes(5).toString('hex').match(/../g)!.join(':')}`,
  'internet.userAgent': (random) => `Mozilla/5.0 (X11; Linux x86_64; rv:${random.integer(100, 140)}.0) Gecko/20100101 Firefox/${random.integer(100, 140)}.0`,
  'phone.number': (random) => `+1-${random.integer(201, 989)}-555-01${digits(random, 2)}`,
  'location.city': (random) => pick(random, words.cities),
  'location.state': (random) => pick(random, words.states),
  'location.country': (random) => pick(random, words.countries)[1],
  'location.countryCode': (random) => pick(random, words.countries)[0],
  'location.streetAddress': (random) => `${random.integer(1, 999)} ${pick(random, words.streets)} ${pick(random, words.streetTypes)}`,
  'location.zipCode': (random) => digits(random, 5),
  'location.latitude': (random) => random.integer(-900_000, 900_000) / 10_000,
  'location.longitude': (random) => random.integer(-1_800_000, 1_800_000) / 10_000,
  'company.name': (random) => `${pick(random, words.lastNames)} ${pick(random, words.companyEndings)}`,
  'commerce.product': (random) => pick(random, words.products),
  'commerce.productName': (random) => `${capital(pick(random, words.adjectives))} ${pick(random, words.materials)} ${pick(random, words.products)}`,
  'commerce.department': (random) => pick(random, words.departments),
  'commerce.price': (random) => (random.integer(100, 99_999) / 100).toFixed(2),
  'finance.amount': (random) => (random.integer(100, 999_999) / 100).toFixed(2),
  'finance.currencyCode': (random) => pick(random, words.currencies),
  'finance.accountNumber': (random) => digits(random, 8),
  'finance.creditCardNumber': creditCard,
  'finance.iban': iban,
  'finance.bic': (random) => `${letters(random, 4)}DE${letters(random, 2)}XXX`,
  'lorem.word': (random) => pick(random, words.lorem),
  'lorem.words': (random) => several(random, 3).join(' '),
  'lorem.sentence': sentence,
  'lorem.paragraph': (random) => Array.from({ length: 4 }, () => sentence(random)).join(' '),
  'date.past': (random, now) => before(now, random, 1, 365),
  'date.recent': (random, now) => before(now, random, 0, 1),
  'date.soon': (random, now) => before(now, random, -1, 0),
  'date.future': (random, now) => before(now, random, -365, -1),
  'date.birthdate': (random, now) => before(now, random, 18 * 365, 80 * 365).slice(0, 10),
  'string.uuid': (random) => `${hex(random, 4)}-${hex(random, 2)}-4${hex(random, 2).slice(1)}-a${hex(random, 2).slice(1)}-${hex(random, 6)}`,
  'string.alphanumeric': (random) => random.integer(36 ** 7, 36 ** 8 - 1).toString(36),
  'string.numeric': (random) => digits(random, 8),
  'number.int': (random) => random.integer(0, 1_000_000),
  'number.float': (random) => random.integer(0, 100_000) / 1000,
  'datatype.boolean': (random) => random.integer(0, 1) === 1,
  'color.human': (random) => pick(random, words.colors),
  'color.rgb': (random) => `#${hex(random, 3)}`,
  'system.fileName': (random) => `${several(random, 2).join('_')}.${pick(random, words.fileTypes)[0]}`,
  'system.mimeType': (random) => pick(random, words.fileTypes)[1],
  'system.semver': (random) => `${random.integer(0, 9)}.${random.integer(0, 20)}.${random.integer(0, 20)}`,
  'git.commitSha': (random) => hex(random, 20),
};

/** Made-up data of a kind in {@link fakeKinds}; times lie around `now` (milliseconds since the epoch). */
export function makeFake(kind: string, random: Random, now: number): unknown {
  const made = fakeKinds[kind]!(random, now);
  return typeof made === 'number' && Number.isSafeInteger(made) ? BigInt(made) : made;
}

function pick<T>(random: Random, items: readonly T[]): T {
  return items[random.integer(0, items.length - 1)]!;
}

function several(random: Random, count: number): string[] {
  return Array.from({ length: count }, () => pick(random, words.lorem));
}

function sentence(random: Random): string {
  return `${capital(several(random, random.integer(5, 10)).join(' '))}.`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function userName(random: Random): string {
  const name = `${pick(random, words.firstNames)}.${pick(random, words.lastNames)}`.toLowerCase().normalize('NFD').replace(/[^a-z.]/g, '');
  return `${name}${random.integer(1, 99)}`;
}

function digits(random: Random, count: number): string {
  return Array.from({ length: count }, () => random.integer(0, 9)).join('');
}

function letters(random: Random, count: number): string {
  return Array.from({ length: count }, () => String.fromCharCode(random.integer(65, 90))).join('');
}

function hex(random: Random, bytes: number): string {
  return random.bytes(bytes).toString('hex');
}

function before(now: number, random: Random, fewestDays: number, mostDays: number): string {
  return new Date(now - Math.round((fewestDays + random.next() * (mostDays - fewestDays)) * day)).toISOString();
}

/** Sixteen digits that begin with 4 and pass the Luhn check. */
function creditCard(random: Random): string {
  const body = `400000${digits(random, 9)}`;
  const sum = [...body].reduce((total, digit, index) => {
    const doubled = Number(digit) * (index % 2 === 0 ? 2 : 1);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return `${body}${(10 - (sum % 10)) % 10}`;
}

/** A German IBAN with right check digits (ISO 13616). */
function iban(random: Random): string {
  const account = digits(random, 18);
  const check = 98n - (BigInt(`${account}131400`) % 97n);
  return `DE${String(check).padStart(2, '0')}${account}`;
}

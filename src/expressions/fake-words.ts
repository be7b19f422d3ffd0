/** Words that made-up data is put together from. */
export const words = {
  firstNames: list('Ada Alan Amara Anna Aisha Beatriz Ben Carlos Chen Clara Daniel Diego Elena Emeka Emma Fatima Finn Grace Hana Hugo Ines Ivan Jana Jonas Kofi Lara Leo Lina Luca Maria Mateo Mia Nadia Noah Olga Omar Paula Priya Ravi Rosa Sara Sofia Tariq Tomás Uma Viktor Wei Yara Yusuf Zoë'),
  lastNames: list('Abebe Almeida Andersson Becker Bianchi Brown Castillo Chen Costa Dubois Eriksen Fischer García Haddad Hansen Ivanova Jansen Johnson Kaya Kim Kowalski Kumar Larsen Lopez Martin Mensah Moreau Müller Nakamura Nguyen Novák Okafor Oliveira Osei Patel Petrov Rossi Santos Schmidt Silva Singh Smith Suzuki Tanaka Taylor Walker Weber Williams Yilmaz Zhang'),
  cities: list('Springfield Riverton Lakewood Fairview Greenville Bristol Salem Clayton Georgetown Ashland Milton Oxford Burlington Kingston Dayton Newport Auburn Dover Hudson Franklin'),
  streets: list('Oak Maple Cedar Pine Elm Lake Hill Park Church Mill Station Bridge King Queen Garden Forest River Meadow Spring Sunset'),
  streetTypes: list('Street Avenue Road Lane Drive Way'),
  states: list('California Texas Florida Ohio Michigan Georgia Virginia Oregon Nevada Maine Utah Kansas Iowa Vermont Idaho'),
  countries: [['AU', 'Australia'], ['BR', 'Brazil'], ['CA', 'Canada'], ['DE', 'Germany'], ['ES', 'Spain'], ['FR', 'France'], ['GB', 'United Kingdom'], ['GH', 'Ghana'], ['IN', 'India'], ['IT', 'Italy'], ['JP', 'Japan'], ['KE', 'Kenya'], ['MX', 'Mexico'], ['NL', 'Netherlands'], ['NO', 'Norway'], ['PL', 'Poland'], ['PT', 'Portugal'], ['SE', 'Sweden'], ['US', 'United States'], ['ZA', 'South Africa']] as readonly (readonly [string, string])[],
  companyEndings: ['Ltd', 'Inc', 'GmbH', 'Group', 'and Sons', 'Partners'],
  jobs: ['Accountant', 'Analyst', 'Architect', 'Buyer', 'Clerk', 'Consultant', 'Designer', 'Engineer', 'Manager', 'Nurse', 'Planner', 'Producer', 'Researcher', 'Supervisor', 'Teacher', 'Tester'],
  jobLevels: ['Junior', 'Senior', 'Lead', 'Chief', 'Regional'],
  departments: ['Books', 'Clothing', 'Computers', 'Garden', 'Grocery', 'Health', 'Home', 'Music', 'Sports', 'Tools', 'Toys'],
  adjectives: list('small large sturdy light smooth bright handmade modern rustic compact elegant practical'),
  materials: list('wooden steel cotton glass granite leather paper rubber bamboo ceramic'),
  products: list('chair table lamp shirt shoe hat bag bottle clock keyboard mouse towel bowl knife pencil'),
  colors: list('red green blue yellow orange purple pink brown black white gray cyan magenta teal olive'),
  currencies: list('AUD BRL CAD CHF CNY EUR GBP INR JPY MXN NOK PLN SEK USD ZAR'),
  lorem: list('lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore magna aliqua enim ad minim veniam quis nostrud exercitation ullamco laboris nisi aliquip ex ea commodo consequat'),
  fileTypes: [['pdf', 'application/pdf'], ['zip', 'application/zip'], ['csv', 'text/csv'], ['json', 'application/json'], ['png', 'image/png'], ['txt', 'text/plain'], ['xml', 'application/xml']] as readonly (readonly [string, string])[],
} as const;

function list(text: string): readonly string[] {
  return text.split(' ');
}

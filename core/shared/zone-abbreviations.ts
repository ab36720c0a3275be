/**
 * What people write for a time zone: the same letters mean another clock in another country, or in
 * another half of the year. By the abbreviation, the places of which it is usual, the likeliest first.
 */
export const ABBREVIATIONS: ReadonlyMap<string, readonly string[]> = new Map([
  ...meaning('ACDT ACST', 'Australia/Adelaide', 'Australia/Darwin'),
  ...meaning('ADT AST', 'America/Halifax', 'America/Puerto_Rico', 'Asia/Riyadh'),
  ...meaning('AEDT AEST', 'Australia/Sydney', 'Australia/Brisbane'),
  ...meaning('AKDT AKST', 'America/Anchorage'),
  ...meaning('ART', 'America/Argentina/Buenos_Aires'),
  ...meaning('AWST', 'Australia/Perth'),
  ...meaning('BRT BRST', 'America/Sao_Paulo'),
  ...meaning('BST', 'Europe/London', 'Asia/Dhaka'),
  ...meaning('CAT', 'Africa/Harare'),
  ...meaning('CDT CST CT', 'America/Chicago', 'America/Havana', 'Asia/Shanghai'),
  ...meaning('CET CEST', 'Europe/Berlin', 'Europe/Paris', 'Europe/Madrid'),
  ...meaning('CLT CLST', 'America/Santiago'),
  ...meaning('EAT', 'Africa/Nairobi'),
  ...meaning('EDT EST ET', 'America/New_York', 'America/Toronto', 'America/Panama'),
  ...meaning('EET EEST', 'Europe/Athens', 'Europe/Kyiv', 'Africa/Cairo'),
  ...meaning('GST', 'Asia/Dubai'),
  ...meaning('HST', 'Pacific/Honolulu'),
  ...meaning('HKT', 'Asia/Hong_Kong'),
  ...meaning('ICT', 'Asia/Bangkok'),
  ...meaning('IDT', 'Asia/Jerusalem'),
  ...meaning('IST', 'Asia/Kolkata', 'Europe/Dublin', 'Asia/Jerusalem'),
  ...meaning('JST', 'Asia/Tokyo'),
  ...meaning('KST', 'Asia/Seoul'),
  ...meaning('MDT MST MT', 'America/Denver', 'America/Phoenix'),
  ...meaning('MESZ MEZ', 'Europe/Berlin', 'Europe/Vienna', 'Europe/Zurich'),
  ...meaning('MSK', 'Europe/Moscow'),
  ...meaning('NDT NST', 'America/St_Johns'),
  ...meaning('NZDT NZST', 'Pacific/Auckland'),
  ...meaning('PDT PST PT', 'America/Los_Angeles', 'America/Vancouver', 'Asia/Manila'),
  ...meaning('PKT', 'Asia/Karachi'),
  ...meaning('SAST', 'Africa/Johannesburg'),
  ...meaning('SGT', 'Asia/Singapore'),
  ...meaning('TRT', 'Europe/Istanbul'),
  ...meaning('WAT', 'Africa/Lagos'),
  ...meaning('WET WEST', 'Europe/Lisbon'),
  ...meaning('WIB', 'Asia/Jakarta'),
]);

/** `Asia/Kolkata, Europe/Dublin or Asia/Jerusalem` for `IST`; empty for what is no abbreviation. */
export function placesOf(abbreviation: string): string {
  return (ABBREVIATIONS.get(abbreviation) ?? []).join(', ').replace(/, ([^,]*)$/, ' or $1');
}

function meaning(abbreviations: string, ...places: readonly string[]): [string, readonly string[]][] {
  return abbreviations.split(' ').map((each) => [each, places]);
}

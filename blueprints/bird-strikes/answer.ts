/** The answer that the flow must reach, worked out another way: in one pass, in memory, without its scripts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Row {
  airport: string;
  iata: string;
  season: string;
  strikes: number;
  cost: number;
}

export interface Answer {
  worst: Row[];
  strikes: number;
  cost: number;
}

/** Where the two files of the data set are. */
export const DATA = join(import.meta.dirname, '../../node_modules/vega-datasets/data');

/** Names that differ from the list of airports by more than spelling. */
const BY_HAND: Record<string, string> = {
  'LAGUARDIA NY': 'LGA',
  'FORT LAUDERDALE/HOLLYWOOD INTL': 'FLL',
  'HOUSTON-HOBBY': 'HOU',
  'ATLANTA INTL': 'ATL',
  'MINETA SAN JOSE INTL': 'SJC',
  'METRO OAKLAND INTL': 'OAK',
  'LOUISVILLE INTL ARPT': 'SDF',
  'GREATER PITTSBURGH': 'PIT',
  'LOGAN INTL': 'BOS',
  'NEWARK LIBERTY INTL ARPT': 'EWR',
  'PHOENIX SKY HARBOR': 'PHX',
  'DETROIT METRO WAYNE COUNTY ARPT': 'DTW',
  'CHICAGO MIDWAY INTL ARPT': 'MDW',
  'BARKSDALE AIR FORCE BASE ARPT': '',
};

export function computeAnswer(top: number, data = DATA): Answer {
  const codeOf = airportFinder(readFileSync(`${data}/airports.csv`, 'utf8'));
  const reports = new Set(linesOf(readFileSync(`${data}/birdstrikes.csv`, 'utf8')).slice(1));
  const rows = new Map<string, Row>();
  for (const report of reports) {
    const cells = report.split(',');
    const [airport = '', date = '', cost = ''] = [cells[0], cells[3], cells[12]];
    const season = ['winter', 'spring', 'summer', 'autumn'][Math.floor((Number(date.slice(5, 7)) % 12) / 3)] ?? '';
    const row = rows.get(airport + season) ?? { airport, iata: codeOf(airport), season, strikes: 0, cost: 0 };
    rows.set(airport + season, { ...row, strikes: row.strikes + 1, cost: row.cost + Number(cost) });
  }
  const all = [...rows.values()];
  return {
    worst: all
      .toSorted((a, b) => b.cost - a.cost || b.strikes - a.strikes || a.airport.localeCompare(b.airport))
      .slice(0, top),
    strikes: reports.size,
    cost: all.reduce((sum, row) => sum + row.cost, 0),
  };
}

/** Finds an airport by the set of the words of its name that say anything. */
function airportFinder(csv: string): (name: string) => string {
  const airports = linesOf(csv)
    .slice(1)
    .map((line) => ({ iata: line.slice(0, line.indexOf(',')), words: wordsOf(nameIn(line)) }));
  return (name) => {
    const byHand = BY_HAND[name];
    if (byHand !== undefined) return byHand;
    const words = wordsOf(name);
    const hits = airports.filter((airport) => airport.words === words);
    return hits.length === 1 ? (hits[0]?.iata ?? '') : '';
  };
}

function nameIn(line: string): string {
  const rest = line.slice(line.indexOf(',') + 1);
  return rest.startsWith('"') ? rest.slice(1, rest.indexOf('"', 1)) : rest.slice(0, rest.indexOf(','));
}

function wordsOf(name: string): string {
  const words = name
    .toUpperCase()
    .replace(/\([^)]*\)/g, '')
    .replace(/\bINTERNATIONAL\b/g, 'INTL')
    .replace(/\bNATIONAL\b/g, 'NATL')
    .replace(/\bWASHINGTON\b/g, 'WASH')
    .match(/[A-Z]+/g);
  return (words ?? [])
    .filter((word) => word !== 'ARPT' && word !== 'AIRPORT')
    .toSorted()
    .join(' ');
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
}

import { saveFunction } from './save-function.ts'

/**
 * The tables of read models. Beside them each generation has tables of its own: see `tables.ts`. `dropped` names the
 * generations whose tables are still to be removed. What waits, and what was given up, goes by a hash of stream, version
 * and document (`key`), since those may be too long for an index.
 *
 * @param name gives the name of a table as SQL takes it, with its schema
 */
export function readModelSchema(name: (table: string) => string): string {
  return `
CREATE TABLE ${name('models')} (name text COLLATE "C" PRIMARY KEY, latest integer NOT NULL);
CREATE TABLE ${name('generations')} (
  model text COLLATE "C", number integer, fingerprint text NOT NULL, indexes text NOT NULL, state text NOT NULL,
  since double precision NOT NULL, served_until double precision, accepted text NOT NULL DEFAULT '[]',
  PRIMARY KEY (model, number)
);
CREATE UNIQUE INDEX generations_serving ON ${name('generations')} (model) WHERE state = 'serving';
CREATE TABLE ${name('partitions')} (
  model text COLLATE "C", number integer, partition integer, lease bigint NOT NULL DEFAULT 0, cursor text,
  saves bigint NOT NULL DEFAULT 0, PRIMARY KEY (model, number, partition)
) WITH (fillfactor = 50);
CREATE TABLE ${name('dropped')} (model text COLLATE "C", number integer, PRIMARY KEY (model, number));
CREATE TABLE ${name('waiting')} (
  model text COLLATE "C", number integer, partition integer, key text COLLATE "C", stream text COLLATE "C" NOT NULL,
  version bigint NOT NULL, document text COLLATE "C", since double precision NOT NULL, error text,
  attempts integer NOT NULL, PRIMARY KEY (model, number, partition, key)
);
CREATE TABLE ${name('discarded')} (
  place bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, model text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL, stream text NOT NULL, version bigint NOT NULL, document text,
  since double precision NOT NULL, error text NOT NULL, attempts integer NOT NULL, reason text NOT NULL,
  actor text NOT NULL, at double precision NOT NULL, UNIQUE (model, key)
);
${saveFunction(name)}`
}

// Reads {"schema": SDL, "documents": [text], "introspection": result} and writes what graphql-js says about each.
import { readFileSync } from 'node:fs';
import { buildClientSchema, buildSchema, getIntrospectionQuery, lexicographicSortSchema, parse, printSchema, specifiedRules, validate } from 'graphql';

const question = JSON.parse(readFileSync(0, 'utf8'));
const plain = ({ message, locations }) => ({ message, locations: locations ?? [] });

function check(schema, text) {
  let document;
  try {
    // Selection sets are never empty (specification 2.5); graphql-js can be told to bend that.
    document = parse(text, { allowEmptySelectionSets: false });
  } catch (error) {
    return { syntaxErrors: [plain(error)], errors: [] };
  }
  return { syntaxErrors: [], errors: schema ? validate(schema, document, specifiedRules, { maxErrors: 1000 }).map(plain) : [] };
}

const schema = question.schema && buildSchema(question.schema);
const answer = { results: (question.documents ?? []).map((text) => check(schema, text)) };
if (question.introspection) {
  answer.sdl = printSchema(lexicographicSortSchema(buildClientSchema(question.introspection)));
}
answer.introspectionQuery = getIntrospectionQuery({
  specifiedByUrl: true, directiveIsRepeatable: true, schemaDescription: true, inputValueDeprecation: true, oneOf: true,
});
process.stdout.write(JSON.stringify(answer));

/**
 * Whether a template's code stays within Google Tag Manager's sandboxed JavaScript: the syntax that it knows, and no name
 * from outside but require and data. Reads the code, prints what is wrong, line by line. `node check.mjs < code.js`
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

// acorn comes with the SDK's own packages.
const { parse } = createRequire(new URL('../../package.json', import.meta.url))('acorn');

const UNKNOWN = new Set([
  'NewExpression', 'ThisExpression', 'ClassDeclaration', 'TemplateLiteral', 'SpreadElement', 'RestElement', 'ObjectPattern',
  'ArrayPattern', 'AwaitExpression', 'YieldExpression', 'TryStatement', 'ThrowStatement', 'ForOfStatement', 'ChainExpression',
  'MetaProperty', 'ImportExpression', 'AssignmentPattern',
]);
const GIVEN = new Set(['require', 'data', 'undefined']);
const VIA = process.argv[2] == 'test' ? ['runCode', 'mock', 'assertThat', 'assertApi'] : [];
VIA.forEach((name) => GIVEN.add(name));

const code = readFileSync(0, 'utf8');
const wrong = [];
const declared = new Set(GIVEN);
const used = [];

function walk(node, parent, place) {
  if (!node || typeof node.type != 'string') return;
  if (UNKNOWN.has(node.type) || node.regex || node.type == 'Literal' && node.bigint || node.async || node.generator)
    wrong.push([node.start, `${node.regex ? 'a regular expression' : node.type} is not known there`]);
  if (node.type == 'LogicalExpression' && node.operator == '??') wrong.push([node.start, '?? is not known there']);
  if (node.type == 'VariableDeclarator' && node.id.type == 'Identifier') declared.add(node.id.name);
  for (const one of node.params || []) declared.add(one.name);
  if (node.type == 'Identifier') {
    const named = (parent.type == 'MemberExpression' && place == 'property' && !parent.computed) || (parent.type == 'Property' && place == 'key');
    if (!named) used.push(node);
  }
  for (const [name, child] of Object.entries(node))
    for (const one of Array.isArray(child) ? child : [child]) if (one && typeof one == 'object') walk(one, node, name);
}

walk(parse(code, { ecmaVersion: 'latest', allowReturnOutsideFunction: true }), {}, '');
for (const { name, start } of used) if (!declared.has(name)) wrong.push([start, `${name} is not to be had there`]);
for (const [start, what] of wrong) console.log(`${code.slice(0, start).split('\n').length}: ${what}`);
process.exit(wrong.length ? 1 : 0);

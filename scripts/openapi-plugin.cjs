// The compiler plugin of @nestjs/swagger, told that a `readonly` list is a list. By itself it asks for a symbol called `Array`, and gives
// a property of any other type no schema, or breaks the document.
const swagger = require('@nestjs/swagger/plugin');
const { SymbolFlags } = require('typescript');

exports.before = (options, program) => {
  const symbols = program.getTypeChecker().getSymbolsInScope(program.getSourceFiles()[0], SymbolFlags.Interface);
  symbols.find(({ escapedName }) => escapedName === 'ReadonlyArray').getName = () => 'Array';
  return swagger.before(options, program);
};

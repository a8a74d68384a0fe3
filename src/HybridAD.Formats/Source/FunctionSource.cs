using System.Text;
using HybridAD.Blocks;
using HybridAD.Graph;
using HybridAD.Rolling;
using HybridAD.Simplification;

namespace HybridAD.Formats.Source;

/// <summary>
/// The statements of one function: a loop for every kernel with several instances and for every kind of sums, straight-line code for the rest, in parts where it is long. Results go to the arrays of the
/// caller.
/// </summary>
internal sealed class FunctionSource
{
    private const string Instance = "t";

    private readonly Trace _trace;
    private readonly SourceDialect _dialect;
    private readonly SourceTables _tables;
    private readonly SourceNames _names;
    private readonly OutputArrays _arrays;
    private readonly BlockGraph _graph;
    private readonly SlotPlaces _places;
    private readonly SourceBlock _body;
    private readonly StringBuilder _parts = new();
    private readonly long _straightStatements;

    /// <param name="trace">The function, simplified.</param>
    /// <param name="dialect">The language.</param>
    /// <param name="tables">Tables of the file.</param>
    /// <param name="names">Names of the file.</param>
    /// <param name="name">The name of the function.</param>
    /// <param name="arrays">The arrays of the caller that its outputs go to.</param>
    public FunctionSource(Trace trace, SourceDialect dialect, SourceTables tables, SourceNames names, string name, IReadOnlyList<(string Name, int FirstOutput)> arrays)
    {
        (_trace, _dialect, _tables, _names, Name) = (trace, dialect, tables, names, name);
        var options = RollingOptions.ForValues with { IncludeGuards = true };
        _graph = FunctionBlocks.Of(trace, options) ?? FunctionBlocks.Whole(StepLowering.Apply(trace), includeGuards: true);
        _arrays = new OutputArrays([.. arrays, ("work", trace.OutputCount)]);
        _body = new SourceBlock(dialect.IsC ? 1 : 2);
        _straightStatements = _graph.Blocks.ToArray().OfType<KernelBlock>().Where(static block => block.InstanceCount == 1).Sum(static block => (long)block.Kernel.OperationCount);
        var sums = _graph.Blocks.ToArray().OfType<LinearBlock>().ToDictionary(static block => block, static block => RowGroup.Of(block));
        _places = new SlotPlaces(_graph, _graph.Blocks.ToArray().SelectMany(block => Groups(block, sums)), _graph.Blocks.ToArray().SelectMany(block => Reads(block, sums)),
            _arrays, trace.Guards.Length);
        if (_places.CopiesInputs)
            Loop(trace.InputCount, Instance, _body, (loop, at) => loop.Line($"work[{At(trace.Guards.Length, at)}] = x[{at}];"));
        foreach (var block in _graph.Blocks)
        {
            if (block is KernelBlock kernel)
                Write(kernel);
            else
                foreach (var group in sums[(LinearBlock)block])
                    Write(group);
        }
        WriteCopied();
        WriteGuards();
    }

    public string Name { get; }

    /// <summary>Whether the statements end with a variable <c>differs</c> that says whether the point takes other branches.</summary>
    public bool HasGuards => !_trace.Guards.IsEmpty;

    /// <summary>Numbers of working memory.</summary>
    public int WorkLength => _places.WorkLength;

    /// <summary>The statements.</summary>
    public SourceBlock Body => _body;

    /// <summary>Functions that the statements call.</summary>
    public string Parts => _parts.ToString();

    private static IEnumerable<int[]> Groups(Block block, Dictionary<LinearBlock, List<RowGroup>> sums) => block is KernelBlock kernel
        ? Enumerable.Range(0, kernel.Kernel.OutputCount).Select(output => Results(kernel, output))
        : sums[(LinearBlock)block].Select(static group => group.Results);

    private static IEnumerable<int[]> Reads(Block block, Dictionary<LinearBlock, List<RowGroup>> sums) => block is KernelBlock kernel
        ? Enumerable.Range(0, kernel.LeafCount).Select(leaf => kernel.Leaf(leaf).ToArray())
        : sums[(LinearBlock)block].SelectMany(static group => group.IsUniform ? Enumerable.Range(0, group.TermCount).Select(group.Term) : [group.Terms]);

    private static int[] Results(KernelBlock block, int output) => [.. Enumerable.Range(block.SlotOf(output, 0), block.InstanceCount)];

    private static string At(int first, string index) => first == 0 ? index : int.TryParse(index, out var number) ? (first + number).ToString() : $"{first} + {index}";

    private void Write(KernelBlock block)
    {
        if (block.InstanceCount == 1)
            WriteOnce(block);
        else
            Loop(block.InstanceCount, Instance, _body, (loop, at) =>
            {
                var kernel = block.Kernel;
                var names = new string[kernel.NodeCount];
                for (var leaf = 0; leaf < block.LeafCount; leaf++)
                {
                    names[leaf] = $"a{leaf}";
                    loop.Line($"{_dialect.Declared} {names[leaf]} = {Read(block.Leaf(leaf), at)};");
                }
                for (var parameter = 0; parameter < block.ParameterCount; parameter++)
                    names[block.LeafCount + parameter] = _tables.Number(block.Parameter(parameter), at);
                for (var node = kernel.InputCount; node < names.Length; node++)
                    names[node] = Statement(kernel, node, names, loop);
                for (var output = 0; output < kernel.OutputCount; output++)
                    Store(Results(block, output), names[kernel.Outputs[output]], at, loop);
            });
    }

    /// <summary>Straight-line code, whose inputs have their names; in functions of their own where it is long.</summary>
    private void WriteOnce(KernelBlock block)
    {
        var kernel = block.Kernel;
        var parts = new StraightParts(kernel);
        // Short blocks, one after the other, are long code too.
        var isApart = parts.Count > 1 || _straightStatements > StraightParts.Statements;
        var names = new string[kernel.NodeCount];
        var isWhole = _graph.Blocks.Length == 1 && !isApart;
        var start = _places.Extend(parts.CrossingCount);
        for (var part = 0; part < parts.Count; part++)
        {
            var inner = isWhole ? _body : new SourceBlock(isApart ? _body.Depth : _body.Depth + 1);
            var loaded = new HashSet<int>();
            foreach (var node in parts.Nodes(part))
            {
                if (kernel.IsConstant(node))
                    continue;
                foreach (var operand in kernel.OperandsOf(node))
                    Load(operand);
                names[node] = Statement(kernel, node, names, inner);
                loaded.Add(node);
                if (parts.CrossingOf(node) is var crossing and >= 0)
                    inner.Line($"work[{start + crossing}] = {names[node]};");
            }
            foreach (var output in parts.Outputs(part))
            {
                Load(kernel.Outputs[output]);
                Store([block.SlotOf(output, 0)], names[kernel.Outputs[output]], "", inner);
            }
            if (isApart)
                AddPart(inner);
            else if (!isWhole)
                _body.Braces(inner);

            void Load(int node)
            {
                if (kernel.IsConstant(node))
                    names[node] = _dialect.Operand(kernel.ConstantOf(node));
                else if (node >= block.LeafCount && node < kernel.InputCount)
                    names[node] = _dialect.Operand(block.Parameter(node - block.LeafCount)[0]);
                else if (loaded.Add(node))
                {
                    if (node < kernel.InputCount)
                        names[node] = block.Leaf(node)[0] is var slot && slot < _trace.InputCount ? _names.Input(slot) : $"a{node}";
                    inner.Line($"{_dialect.Declared} {names[node]} = {(node < kernel.InputCount ? Read(block.Leaf(node), "") : $"work[{start + parts.CrossingOf(node)}]")};");
                }
            }
        }
    }

    /// <summary>A part of long code as a function, and its call.</summary>
    private void AddPart(SourceBlock inner)
    {
        var name = _names.Part(Name);
        var results = _arrays.Arrays.SkipLast(1).Select(static array => array.Name).ToList();
        _parts.Append(_dialect.IsC
            ? $"static void {name}(const double *x, {string.Concat(results.Select(static array => $"double *{array}, "))}double *work)\n{{\n{inner}}}\n\n"
            : $"    private static void {name}(ReadOnlySpan<double> x, {string.Concat(results.Select(static array => $"Span<double> {array}, "))}Span<double> work)\n    {{\n{inner}    }}\n\n");
        _body.Line($"{name}(x, {string.Concat(results.Select(static array => $"{array}, "))}work);");
    }

    /// <summary>Writes an operation, and returns what stands for its value; a literal is no statement.</summary>
    private string Statement(Trace kernel, int node, string[] names, SourceBlock block)
    {
        if (kernel.IsConstant(node))
            return _dialect.Operand(kernel.ConstantOf(node));
        var name = $"v{node}";
        block.Line($"{(OperationText.IsFloat(kernel, node) ? _dialect.DeclaredFloat : _dialect.Declared)} {name} = {OperationText.Of(kernel, node, _dialect, names)};");
        return name;
    }

    private void Write(RowGroup group)
    {
        if (group.IsUniform || group.Terms.Length == 0)
            Loop(group.Results.Length, Instance, _body, (loop, at) => Store(group.Results, group.IsUniform ? Sum(group, at) : _tables.Number(group.Constants, at), at, loop));
        else
            Loop(group.Results.Length, Instance, _body, (loop, at) =>
            {
                loop.Line($"double sum = {_tables.Number(group.Constants, at)};");
                var terms = new SourceBlock(loop.Depth + 1);
                var factor = _tables.Number(group.Coefficients, "k");
                var (array, positions) = _places.Reads(group.Terms);
                var term = $"{array}[{_tables.Position(positions, "k")}]";
                terms.Line(factor switch
                {
                    "1.0" => $"sum += {term};",
                    "(-1.0)" => $"sum -= {term};",
                    _ => $"sum += {factor} * {term};",
                });
                loop.Braces($"for (int k = {_tables.Position(group.Starts.AsSpan(..^1), at)}; k < {_tables.Position(group.Starts.AsSpan(1..), at)}; k++)", terms);
                Store(group.Results, "sum", at, loop);
            });
    }

    /// <summary>A sum whose factors are the same in all rows.</summary>
    private string Sum(RowGroup group, string at)
    {
        var text = new StringBuilder();
        for (var term = 0; term < group.TermCount; term++)
        {
            var coefficient = group.Coefficients[term];
            var isNegative = double.IsNegative(coefficient);
            text.Append(text.Length == 0 ? isNegative ? "-" : "" : isNegative ? " - " : " + ");
            if (Math.Abs(coefficient) != 1)
                text.Append(_dialect.Operand(Math.Abs(coefficient))).Append(" * ");
            text.Append(Read(group.Term(term), at));
        }
        var constant = group.Constants[0];
        if (constant != 0)
            text.Append(double.IsNegative(constant) ? " - " : " + ").Append(_dialect.Operand(Math.Abs(constant)));
        return text.ToString();
    }

    private string Read(ReadOnlySpan<int> slots, string at)
    {
        var (array, positions) = _places.Reads(slots);
        return $"{array}[{_tables.Position(positions, at)}]";
    }

    /// <summary>Stores a result of every instance where it is wanted.</summary>
    private void Store(int[] results, string value, string at, SourceBlock block)
    {
        var targets = new List<string>();
        if (_places.WorkOf(results[0]) >= 0)
            targets.Add($"work[{_tables.Position(Array.ConvertAll(results, _places.WorkOf), at)}]");
        if (_places.IsDirect(results, _arrays))
            for (var copy = 0; copy < _places.OutputsOf(results[0]).Length; copy++)
            {
                var places = Array.ConvertAll(results, result => _arrays.PlaceOf(_places.OutputsOf(result)[copy]));
                targets.Add($"{places[0].Array}[{_tables.Position(Array.ConvertAll(places, static place => place.Position), at)}]");
            }
        if (targets.Count > 0)
            block.Line($"{string.Join(" = ", targets)} = {value};");
    }

    /// <summary>Copies what could not be stored where it is wanted when it was computed.</summary>
    private void WriteCopied()
    {
        foreach (var outputs in _places.Copied)
        {
            var to = Array.ConvertAll(outputs, output => _arrays.PlaceOf(output).Position);
            Loop(outputs.Length, Instance, _body, (loop, at) =>
                loop.Line($"{_arrays.PlaceOf(outputs[0]).Array}[{_tables.Position(to, at)}] = {Read(Array.ConvertAll(outputs, _places.SlotOf), at)};"));
        }
    }

    /// <summary>Compares the values that decided branches, which are the first ones of <c>work</c>, and makes all results NaN where one differs.</summary>
    private void WriteGuards()
    {
        if (!HasGuards)
            return;
        var expected = Array.ConvertAll(_trace.Guards.ToArray(), static guard => guard.Expected);
        _body.Line($"{_dialect.Truth} differs = {_dialect.False};");
        Loop(expected.Length, Instance, _body, (loop, at) =>
        {
            var number = _tables.Number(expected, at);
            loop.Line(Array.TrueForAll(expected, double.IsNaN) ? $"differs |= work[{at}] == work[{at}];"
                : Array.Exists(expected, double.IsNaN) ? $"differs |= !(work[{at}] == {number} || (work[{at}] != work[{at}] && {number} != {number}));"
                : $"differs |= work[{at}] != {number};");
        });
        var nothing = new SourceBlock(_body.Depth + 1);
        for (var array = 0; array < _arrays.Arrays.Count - 1; array++)
            Loop(_arrays.Arrays[array + 1].FirstOutput - _arrays.Arrays[array].FirstOutput, Instance, nothing,
                (loop, at) => loop.Line($"{_arrays.Arrays[array].Name}[{at}] = {_dialect.Number(double.NaN, isFloat: false)};"));
        _body.Braces("if (differs)", nothing);
    }

    /// <summary>Writes what is done so many times; once, it is no loop.</summary>
    private static void Loop(int count, string index, SourceBlock into, Action<SourceBlock, string> write)
    {
        var inner = new SourceBlock(into.Depth + 1);
        if (count == 0)
            return;
        write(inner, count == 1 ? "0" : index);
        if (count == 1)
            into.Braces(inner);
        else
            into.Braces($"for (int {index} = 0; {index} < {count}; {index}++)", inner);
    }
}

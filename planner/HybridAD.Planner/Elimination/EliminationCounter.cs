using System.Globalization;
using HybridAD.Graph;
using HybridAD.Plans;
using HybridAD.Primitives;

namespace HybridAD.Planning.Elimination;

/// <summary>What an order of steps takes.</summary>
/// <param name="Multiplications">Products that count under the rules.</param>
/// <param name="Additions">Products added to an edge that is already there.</param>
/// <param name="IsComplete">Whether every remaining edge leads from an input to an output.</param>
public readonly record struct EliminationCount(long Multiplications, long Additions, bool IsComplete);

/// <summary>
/// Counts an elimination order the slow, obvious way, edge by edge and product by product with labels written out as text. It shares nothing with the
/// search, which is checked against it.
/// </summary>
public sealed class EliminationCounter
{
    private readonly Trace _trace;
    private readonly EliminationRules _rules;
    private readonly Dictionary<(int From, int To), Label> _edges = [];
    private readonly Dictionary<string, int> _products = [];
    private readonly HashSet<string> _computed = [];
    private long _multiplications;
    private long _additions;

    private EliminationCounter(Trace trace, EliminationRules rules)
    {
        _trace = trace;
        _rules = rules;
    }

    /// <summary>Counts an order.</summary>
    /// <exception cref="ArgumentException">A step removes an edge that is not there or a vertex that is not intermediate.</exception>
    public static EliminationCount Count(Trace trace, IEnumerable<EliminationStep> steps, EliminationRules rules)
    {
        ArgumentNullException.ThrowIfNull(trace);
        ArgumentNullException.ThrowIfNull(steps);
        var counter = new EliminationCounter(trace, rules);
        counter.Linearize();
        foreach (var step in steps)
            counter.Take(step);
        var complete = counter._edges.Keys.All(e => e.From < trace.InputCount && counter.IsSink(e.To));
        return new EliminationCount(counter._multiplications, counter._additions, complete);
    }

    /// <summary>The vertex an output ends in: the node itself, or a copy of it where the node is used further.</summary>
    private int CopyOf(int node) => _trace.NodeCount + node;

    private bool IsSink(int vertex) => vertex >= _trace.NodeCount || _trace.Outputs.Contains(vertex) && !_edges.Keys.Any(e => e.From == vertex);

    private void Linearize()
    {
        var known = new double?[_trace.NodeCount];
        for (var node = _trace.InputCount; node < _trace.NodeCount; node++)
        {
            var operands = _trace.OperandsOf(node).ToArray();
            var primitive = _trace.IsConstant(node) ? null : Primitive.Of(_trace.Operations[node]);
            if (primitive is null)
                known[node] = _trace.ConstantOf(node);
            else if (operands.All(o => known[o] is not null))
                known[node] = primitive.Value([.. operands.Select(o => known[o]!.Value)], primitive.Arity == Arity.Parametric ? _trace.ParametersOf(node) : default);
            if (primitive is null || known[node] is not null)
                continue;
            var isProduct = primitive.Name is "mul" or "fma";
            if (isProduct && known[operands[0]] is null && known[operands[1]] is null)
                _computed.Add(Key(Value(operands[0]), Value(operands[1])));
            if (primitive.Name == "square")
                _computed.Add(Key(Value(operands[0]), Value(operands[0])));
            if (primitive.Name == "div" && known[operands[0]] is null && known[operands[1]] is null)
                _computed.Add(Key(Value(operands[0]), Label.Atom($"1/n{operands[1]}")));
            for (var k = 0; k < operands.Length; k++)
            {
                if (known[operands[k]] is not null || primitive.FormOf(k) == PartialForm.Zero)
                    continue;
                var label = primitive.FormOf(k) switch
                {
                    PartialForm.One => Label.Known(1),
                    PartialForm.MinusOne => Label.Known(-1),
                    PartialForm.Result => Value(node),
                    _ when isProduct => Value(operands[1 - k]),
                    _ when primitive.Name == "square" => Value(operands[0]).Plus(Value(operands[0])),
                    _ when primitive.Name == "div" && k == 0 => known[operands[1]] is { } divisor ? Label.Known(1 / divisor) : Label.Atom($"1/n{operands[1]}"),
                    _ => Label.Atom($"d{node}/{k}"),
                };
                Add(operands[k], node, Knowable(label));
            }
        }
        // What leads to no output is not part of the graph.
        for (var node = _trace.NodeCount - 1; node >= _trace.InputCount; node--)
            if (!_trace.Outputs.Contains(node) && Targets(node).Count == 0)
                foreach (var source in Sources(node))
                    _edges.Remove((source, node));
        foreach (var output in _trace.Outputs.ToArray().Distinct())
            if (known[output] is null && (output < _trace.InputCount || _edges.Keys.Any(e => e.From == output)))
                Add(output, CopyOf(output), Label.Known(1));
        _additions = 0;

        Label Value(int node) => known[node] is { } constant ? Label.Known(constant) : Label.Atom($"n{node}");
    }

    private void Take(EliminationStep step)
    {
        var (from, to) = (step.From, step.To);
        if (step.Kind == EliminationKind.Vertex)
        {
            if (from < _trace.InputCount || from >= _trace.NodeCount || _trace.IsConstant(from) || _trace.Outputs.Contains(from) && IsSink(from))
                throw new ArgumentException($"Vertex {from} is not an intermediate vertex.", nameof(step));
            foreach (var i in Sources(from))
                foreach (var k in Targets(from))
                    Multiply(i, from, k);
            foreach (var edge in _edges.Keys.Where(e => e.From == from || e.To == from).ToList())
                _edges.Remove(edge);
            return;
        }
        if (!_edges.ContainsKey((from, to)))
            throw new ArgumentException($"There is no edge ({from}, {to}) to eliminate.", nameof(step));
        if (step.Kind == EliminationKind.FrontEdge)
            foreach (var k in Targets(to))
                Multiply(from, to, k);
        else
            foreach (var h in Sources(from))
                Multiply(h, from, to);
        _edges.Remove((from, to));
    }

    private List<int> Sources(int vertex) => [.. _edges.Keys.Where(e => e.To == vertex).Select(e => e.From)];

    private List<int> Targets(int vertex) => [.. _edges.Keys.Where(e => e.From == vertex).Select(e => e.To)];

    private void Multiply(int i, int j, int k)
    {
        var (left, right) = (_edges[(i, j)], _edges[(j, k)]);
        if (_rules == EliminationRules.All)
        {
            _multiplications++;
            Add(i, k, Label.Atom("any"));
            return;
        }
        if (left.Constant is { } a && right.Constant is { } b)
        {
            Add(i, k, Knowable(Label.Known(a * b)));
        }
        else if (left.Constant is 1 or -1)
        {
            Add(i, k, right.Times(left.Constant == 1 ? 1 : -1));
        }
        else if (right.Constant is 1 or -1)
        {
            Add(i, k, left.Times(right.Constant == 1 ? 1 : -1));
        }
        else
        {
            var key = Key(left, right);
            if (_rules != EliminationRules.Cse || _computed.Add(key))
                _multiplications++;
            if (!_products.TryGetValue(key, out var number))
                _products.Add(key, number = _products.Count);
            Add(i, k, Label.Atom($"p{number}").Times(left.Sign * right.Sign));
        }
    }

    private void Add(int from, int to, Label label)
    {
        if (_edges.TryGetValue((from, to), out var old))
        {
            _additions++;
            label = old.Constant is { } a && label.Constant is { } b
                ? _rules >= EliminationRules.Fold ? Label.Known(a + b) : Label.Atom($"{a}+{b}")
                : old.Plus(label);
        }
        if (_rules >= EliminationRules.Fold && label.Constant == 0)
            _edges.Remove((from, to));
        else
            _edges[(from, to)] = label;
    }

    /// <summary>Before folding only ±1 is known.</summary>
    private Label Knowable(Label label) =>
        _rules < EliminationRules.Fold && label.Constant is { } c and not (1 or -1) ? Label.Atom($"c{c}") : label;

    /// <summary>Names a product up to sign and order of its factors.</summary>
    private static string Key(Label left, Label right)
    {
        var (a, b) = (left.Times(left.Sign).Text, right.Times(right.Sign).Text);
        return string.CompareOrdinal(a, b) <= 0 ? $"({a})*({b})" : $"({b})*({a})";
    }

    /// <summary>A constant, or a sum of named values with integer coefficients.</summary>
    private sealed record Label(double? Constant, SortedDictionary<string, int> Terms)
    {
        /// <summary>The sign of the constant or of the first term.</summary>
        public int Sign => Constant is { } c ? c < 0 ? -1 : 1 : Terms.Count > 0 && Terms.First().Value < 0 ? -1 : 1;

        public string Text => Constant is { } c ? c.ToString("R", CultureInfo.InvariantCulture) : string.Join('+', Terms.Select(t => $"{t.Value}{t.Key}"));

        public static Label Known(double value) => double.IsNaN(value) ? Atom("nan") : new(value, []);

        public static Label Atom(string name) => new(null, new SortedDictionary<string, int>(StringComparer.Ordinal) { [name] = 1 });

        public Label Times(int sign) => sign == 1 ? this
            : Constant is { } c ? Known(-c)
            : new(null, new SortedDictionary<string, int>(Terms.ToDictionary(t => t.Key, t => -t.Value), StringComparer.Ordinal));

        public Label Plus(Label other)
        {
            var sum = new SortedDictionary<string, int>(StringComparer.Ordinal);
            foreach (var (name, factor) in AsTerms().Concat(other.AsTerms()))
                if ((sum[name] = sum.GetValueOrDefault(name) + factor) == 0)
                    sum.Remove(name);
            return new Label(null, sum);
        }

        private SortedDictionary<string, int> AsTerms() =>
            Constant is { } c and not 0 ? new() { [$"c{Math.Abs(c).ToString("R", CultureInfo.InvariantCulture)}"] = Math.Sign(c) } : Terms;
    }
}

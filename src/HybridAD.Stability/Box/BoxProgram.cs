using HybridAD.Graph;
using HybridAD.Numerics;
using HybridAD.Primitives;
using HybridAD.Rounding;
using HybridAD.Stability.Intervals;

namespace HybridAD.Stability.Box;

/// <summary>
/// One output of a program, made ready for many sweeps: only the operations it needs, in flat arrays; what does not depend on an input is folded into a
/// literal whose error is known; a cast and the operation it rounds are one operation in the narrower format; sums of lists are chains of additions.
/// </summary>
internal sealed class BoxProgram
{
    private readonly List<byte> _operations = [];
    private readonly List<int> _first = [];
    private readonly List<int> _second = [];
    private readonly List<int> _nodes = [];
    private readonly List<NumberFormat> _formats = [];
    private readonly List<int> _lists = [];
    private readonly Dictionary<int, int> _literals = [];
    private readonly RoundedProgram _program;
    private readonly ErrorPropagation _constants;
    private readonly bool[] _varies;
    private readonly int[] _slotOf;
    private readonly int[] _readers;

    /// <summary>Prepares an output, or several when only ranges are asked for (the conditions of a domain).</summary>
    public BoxProgram(RoundedProgram program, ReadOnlySpan<int> outputs)
    {
        _program = program;
        var trace = program.Trace;
        InputCount = trace.InputCount;
        _constants = new ErrorPropagation(program, new double[trace.InputCount], inputsRounded: false);
        _varies = Varying(trace);
        _slotOf = new int[trace.NodeCount];
        Array.Fill(_slotOf, -1);
        _readers = new int[trace.NodeCount];
        var needed = Needed(trace, outputs);
        foreach (var guard in trace.Guards)
            _readers[guard.Node] += 2;
        for (var node = 0; node < trace.NodeCount; node++)
            if (needed[node])
                foreach (var operand in trace.OperandsOf(node))
                    _readers[operand]++;
        foreach (var output in outputs)
            _readers[trace.Outputs[output]] += 2;
        for (var input = 0; input < trace.InputCount; input++)
            _slotOf[input] = Append(Op.Input, input, 0, input, program.InputFormats?[input] ?? NumberFormat.Binary64);
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
            if (needed[node])
                _slotOf[node] = Compile(trace, node);
        Operations = [.. _operations];
        First = [.. _first];
        Second = [.. _second];
        Nodes = [.. _nodes];
        Formats = [.. _formats];
        Lists = [.. _lists];
        Primitives = Array.ConvertAll(Operations, operation => operation <= Op.Constant ? null : Primitive.Of(operation));
        Values = new double[Count];
        Errors = new Interval[Count];
        foreach (var (slot, node) in _literals)
            (Values[slot], Errors[slot]) = (_constants.Computed[node], _constants.Errors[node]);
        Starts = new int[Count + 1];
        for (var slot = 0; slot < Count; slot++)
            Starts[slot + 1] = Starts[slot] + OperandCount(slot);
        Guards = [.. trace.Guards.ToArray().Select(guard => (Slot(guard.Node), guard.Expected)).Distinct()];
        HasSelections = Array.IndexOf(Operations, Op.Select) >= 0;
        Results = new int[outputs.Length];
        for (var k = 0; k < outputs.Length; k++)
            Results[k] = Slot(trace.Outputs[outputs[k]]);
    }

    /// <summary>Number of inputs; they are the first slots.</summary>
    public int InputCount { get; }

    /// <summary>Number of slots: inputs, literals, operations.</summary>
    public int Count => Operations.Length;

    /// <summary>Operation codes.</summary>
    public byte[] Operations { get; }

    /// <summary>First operand, or start of the operand list.</summary>
    public int[] First { get; }

    /// <summary>Second operand, or length of the operand list.</summary>
    public int[] Second { get; }

    /// <summary>Whether there is any <c>select</c>, so that some operations may be without effect.</summary>
    public bool HasSelections { get; }

    /// <summary>Slots that decided a branch while the trace was recorded, with the values they had.</summary>
    public (int Slot, double Expected)[] Guards { get; }

    /// <summary>Operand lists.</summary>
    public int[] Lists { get; }

    /// <summary>The node a slot comes from.</summary>
    public int[] Nodes { get; }

    /// <summary>The format a slot is rounded to.</summary>
    public NumberFormat[] Formats { get; }

    /// <summary>The primitive of a slot; null for inputs and literals.</summary>
    public Primitive?[] Primitives { get; }

    /// <summary>Stored values of literals.</summary>
    public double[] Values { get; }

    /// <summary>Stored − meant values of literals.</summary>
    public Interval[] Errors { get; }

    /// <summary>Where the partials of a slot start in a list of all partials.</summary>
    public int[] Starts { get; }

    /// <summary>The slots of the outputs.</summary>
    public int[] Results { get; }

    /// <summary>Operands of a slot, in order.</summary>
    public ReadOnlySpan<int> OperandsOf(int slot, Span<int> pair)
    {
        var primitive = Primitives[slot];
        if (primitive is null)
            return default;
        switch (primitive.Arity)
        {
            case Arity.Unary or Arity.Parametric:
                pair[0] = First[slot];
                return pair[..1];
            case Arity.Binary:
                pair[0] = First[slot];
                pair[1] = Second[slot];
                return pair[..2];
            default:
                return Lists.AsSpan(First[slot], Second[slot]);
        }
    }

    /// <summary>Literal parameters of a slot.</summary>
    public ReadOnlySpan<double> ParametersOf(int slot) =>
        Primitives[slot]!.Arity == Arity.Parametric ? _program.Trace.ParametersOf(Nodes[slot]) : default;

    /// <summary>
    /// The comparisons that a selection's condition is made of by and, or, not; null where it is something else, a number that was computed.
    /// </summary>
    public IReadOnlyList<int>? ComparisonsOf(int selection)
    {
        var found = new SortedSet<int>();
        return Collect(Lists[First[selection]]) ? [.. found] : null;

        bool Collect(int slot)
        {
            switch (Operations[slot])
            {
                case Op.Constant:
                    return Errors[slot] == Interval.Zero;
                case Op.Less or Op.LessOrEqual or Op.Greater or Op.GreaterOrEqual or Op.Equal or Op.NotEqual:
                    found.Add(slot);
                    return true;
                case Op.Not:
                    return Collect(First[slot]);
                case Op.And or Op.Or:
                    return Collect(First[slot]) && Collect(Second[slot]);
                default:
                    return false;
            }
        }
    }

    /// <summary>Whether the stored numbers of a slot are numbers of a format.</summary>
    public bool Keeps(int slot, NumberFormat format) =>
        _operations[slot] == Op.Constant ? _constants.Computed[_nodes[slot]] is var value && format.Round(value) == value
        : _formats[slot] is var own && own.Precision <= format.Precision && own.MinExponent >= format.MinExponent;

    /// <summary>The subtractions of one slot from another, either way round.</summary>
    public IEnumerable<int> DifferencesOf(int a, int b)
    {
        for (var slot = InputCount; slot < Count; slot++)
            if (Operations[slot] == Op.Sub && ((First[slot] == a && Second[slot] == b) || (First[slot] == b && Second[slot] == a)))
                yield return slot;
    }

    /// <summary>Name and source of a slot's operation.</summary>
    public string Describe(int slot) => OperationPlace.Of(_program, Nodes[slot]);

    private static bool[] Varying(Trace trace)
    {
        var varies = new bool[trace.NodeCount];
        varies.AsSpan(0, trace.InputCount).Fill(true);
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
            foreach (var operand in trace.OperandsOf(node))
                varies[node] |= varies[operand];
        return varies;
    }

    private bool[] Needed(Trace trace, ReadOnlySpan<int> outputs)
    {
        var needed = new bool[trace.NodeCount];
        foreach (var output in outputs)
            needed[trace.Outputs[output]] = true;
        foreach (var guard in trace.Guards)
            needed[guard.Node] = true;
        for (var node = trace.NodeCount - 1; node >= trace.InputCount; node--)
            if (needed[node] && _varies[node])
                foreach (var operand in trace.OperandsOf(node))
                    needed[operand] |= true;
        return needed;
    }

    private int OperandCount(int slot) => Primitives[slot] is not { } primitive ? 0
        : primitive.Arity switch { Arity.Unary or Arity.Parametric => 1, Arity.Binary => 2, _ => Second[slot] };

    private int Slot(int node)
    {
        if (_slotOf[node] < 0)
            _slotOf[node] = Literal(node);
        return _slotOf[node];
    }

    private int Literal(int node)
    {
        var slot = Append(Op.Constant, 0, 0, node, NumberFormat.Binary64);
        _literals.Add(slot, node);
        return slot;
    }

    private int Compile(Trace trace, int node)
    {
        if (!_varies[node])
            return Literal(node);
        var operation = trace.Operations[node];
        var operands = trace.OperandsOf(node);
        switch (operation)
        {
            case Op.Cast:
                var format = CastRule.FormatOf(trace.ParametersOf(node));
                var inner = operands[0];
                if (_varies[inner] && inner >= trace.InputCount && _readers[inner] == 1 && RoundsOnce(trace.Operations[inner], trace.OperandsOf(inner), format))
                {
                    // The operation rounded to binary64 and then to the format is the operation rounded to the format once.
                    _formats[_slotOf[inner]] = format;
                    return _slotOf[inner];
                }
                return Append(operation, Slot(inner), 0, node, format);
            case Op.Select when !_varies[operands[0]] && _constants.Errors[operands[0]] == Interval.Zero:
                return Slot(operands[_constants.Computed[operands[0]] != 0 ? 1 : 2]);
            case Op.Sum:
                var sum = Slot(operands[0]);
                foreach (var term in operands[1..])
                    sum = Append(Op.Add, sum, Slot(term), node, NumberFormat.Binary64);
                return sum;
        }
        var primitive = Primitive.Of(operation);
        switch (primitive.Arity)
        {
            case Arity.Unary or Arity.Parametric:
                return Append(operation, Slot(operands[0]), 0, node, FormatOfExact(primitive, operands));
            case Arity.Binary:
                return Append(operation, Slot(operands[0]), Slot(operands[1]), node, FormatOfExact(primitive, operands));
            default:
                var start = _lists.Count;
                var slots = new int[operands.Length];
                for (var k = 0; k < slots.Length; k++)
                    slots[k] = Slot(operands[k]);
                _lists.AddRange(slots);
                return Append(operation, start, slots.Length, node, FormatOfExact(primitive, operands));
        }
    }

    /// <summary>
    /// Double rounding does no harm where the operands are numbers of the narrow format and the wider one has 2p + 2 bits (Figueroa, When is double rounding
    /// innocuous?, 1995).
    /// </summary>
    private bool RoundsOnce(byte operation, ReadOnlySpan<int> operands, NumberFormat format) =>
        operation is Op.Add or Op.Sub or Op.Mul or Op.Div or Op.Sqrt or Op.Square && 2 * format.Precision + 2 <= NumberFormat.Binary64.Precision && HoldsAll(format, operands);

    /// <summary>Operations that do not round keep a format that holds their operands, which makes later operations on narrow numbers exact.</summary>
    private NumberFormat FormatOfExact(Primitive primitive, ReadOnlySpan<int> operands)
    {
        var kept = primitive.Code switch { Op.Neg or Op.Abs or Op.Min or Op.Max => operands, Op.Select => operands[1..], _ => default };
        foreach (var operand in kept)
            if (HoldsAll(_formats[Slot(operand)], kept))
                return _formats[Slot(operand)];
        return NumberFormat.Binary64;
    }

    private bool HoldsAll(NumberFormat format, ReadOnlySpan<int> nodes)
    {
        foreach (var node in nodes)
            if (!Keeps(Slot(node), format))
                return false;
        return true;
    }

    private int Append(byte operation, int first, int second, int node, NumberFormat format)
    {
        _operations.Add(operation);
        _first.Add(first);
        _second.Add(second);
        _nodes.Add(node);
        _formats.Add(format);
        return _operations.Count - 1;
    }
}

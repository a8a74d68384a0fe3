using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Rolling.Recurrences;

/// <summary>
/// Divides a function that does one thing after the other, as steps in time and iterations are, into <see cref="RecurrenceSegment"/>s: bodies that are repeated, and what is before,
/// between and after them, once each. Other than for blocks, a body may read all that those before it have computed.
/// </summary>
/// <remarks>Literals are no operations here: those that are equal to an earlier one are not recorded again, so that bodies differ in them.</remarks>
internal sealed class RecurrenceFinder
{
    /// <summary>Operations of the shortest function that is worth it.</summary>
    private const int FewestOperations = 256;

    /// <summary>Operations of the shortest stretch that is searched for bodies.</summary>
    private const int FewestTogether = 64;

    /// <summary>Operations for which it does not count what is around a kernel.</summary>
    private const int OperationsTogether = 96;

    /// <summary>Equations of one shape that may take turns.</summary>
    private const int MostTurns = 16;

    /// <summary>The share of the operations that has to be in bodies that are repeated.</summary>
    private const double LeastShare = 0.5;

    /// <summary>Operations of all code: each takes some ten microseconds to compile.</summary>
    private const int MostDistinct = 6_000;

    /// <summary>Segments: loops that follow each other are a few.</summary>
    private const int MostSegments = 16;

    /// <summary>
    /// Operations that are no more steps away from inputs may come first: what bodies read of the same few inputs is computed where it is met for the first time, here and there.
    /// </summary>
    private const byte MostEarly = 4;

    /// <summary>Operands that are farther away were computed before all bodies, or long ago.</summary>
    private const int FarthestOperand = PeriodSearch.LongestPeriod / 2;

    private const int Outside = -1;
    private const int Literal = -2;

    private readonly Trace _trace;
    private readonly bool _withGuards;

    // The nodes of the operations, literals left out, and the other way round; −1 for inputs and literals.
    private readonly int[] _nodes;
    private readonly int[] _places;
    private readonly byte[] _codes;
    private readonly List<(int Start, int Period, int Count)> _segments = [];
    private uint[]? _distances;

    private RecurrenceFinder(Trace trace, bool withGuards, bool comesEarlyFirst)
    {
        (_trace, _withGuards) = (trace, withGuards);
        _places = new int[trace.NodeCount];
        Array.Fill(_places, -1);
        _nodes = new int[trace.OperationCount];
        _codes = new byte[_nodes.Length];
        var count = 0;
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
            if (trace.Operations[node] != Op.Constant)
                _nodes[count++] = node;
        if (comesEarlyFirst)
            SortEarly();
        for (var place = 0; place < count; place++)
            (_codes[place], _places[_nodes[place]]) = (trace.Operations[_nodes[place]], place);
    }

    /// <summary>Brings operations into the order of their steps from inputs, as far as they are early, and leaves the others behind them as they are.</summary>
    private void SortEarly()
    {
        var steps = new byte[_trace.NodeCount];
        var ordered = new Growing<int>[MostEarly + 1];
        for (var k = 0; k < ordered.Length; k++)
            ordered[k] = new Growing<int>();
        foreach (var node in _nodes)
        {
            foreach (var operand in _trace.OperandsOf(node))
                steps[node] = Math.Max(steps[node], steps[operand]);
            if (steps[node] <= MostEarly)
                steps[node]++;
            ordered[steps[node] - 1].Add(node);
        }
        var place = 0;
        foreach (var nodes in ordered)
        {
            nodes.Items.AsSpan(0, nodes.Count).CopyTo(_nodes.AsSpan(place));
            place += nodes.Count;
        }
    }

    /// <summary>The segments in the order in which they are computed; null where too little is repeated.</summary>
    /// <param name="trace">The function, of operations that kernels have.</param>
    /// <param name="withGuards">Whether the nodes of its guards are results too.</param>
    public static RecurrenceSegment[]? Find(Trace trace, bool withGuards = false)
    {
        if (trace.OperationCount < FewestOperations)
            return null;
        foreach (var comesEarlyFirst in (ReadOnlySpan<bool>)[false, true])
        {
            var finder = new RecurrenceFinder(trace, withGuards, comesEarlyFirst);
            finder.Divide(0, finder._codes.Length);
            if (finder.Pays)
                return finder.Segments();
            if (!finder.IsAnyRepeated)
                break;
        }
        return null;
    }

    /// <summary>The whole function as one body that is computed once.</summary>
    /// <param name="trace">The function, of operations that kernels have.</param>
    public static RecurrenceSegment AsOne(Trace trace)
    {
        var finder = new RecurrenceFinder(trace, withGuards: false, comesEarlyFirst: false);
        finder._segments.Add((0, finder._codes.Length, 1));
        return finder.Segments()[0];
    }

    private bool IsAnyRepeated => _segments.Exists(static segment => segment.Count > 1);

    private bool Pays
    {
        get
        {
            var (repeated, distinct) = (0L, 0L);
            foreach (var (_, period, count) in _segments)
                (repeated, distinct) = (repeated + (count > 1 ? (long)period * count : 0), distinct + period);
            return repeated >= LeastShare * _codes.Length && distinct <= MostDistinct;
        }
    }

    /// <summary>Divides some operations: the longest stretch that repeats, and what is on both sides of it likewise.</summary>
    private void Divide(int start, int end)
    {
        if (start >= end)
            return;
        if (end - start >= FewestTogether && _segments.Count < MostSegments
            && (TryDivide(start, end, PeriodSearch.Find<byte>(_codes.AsSpan(start..end))) || TryDivide(start, end, PeriodSearch.Find<uint>(Distances.AsSpan(start..end)))))
            return;
        _segments.Add((start, end - start, 1));
    }

    /// <summary>Divides some operations where a stretch repeats, if its bodies read the same places of themselves.</summary>
    private bool TryDivide(int start, int end, (int Start, int End, int Period)? stretch)
    {
        if (stretch is { } found)
        {
            // Short bodies are several times one: what one time leaves for the next then stays in registers.
            var times = Math.Max(1, Math.Min((OperationsTogether + found.Period / 2) / found.Period, (found.End - found.Start) / found.Period / (2 * PeriodSearch.FewestTimes)));
            // Equations of one shape take turns: what they read is the same after some periods only.
            for (var more = 0; more < MostTurns; more++)
            {
                var period = found.Period * (times + more);
                var first = BestStart(start + found.Start, start + found.End, period);
                var (from, count) = Alike(first, period, (start + found.End - first) / period);
                if (count < PeriodSearch.FewestTimes)
                    continue;
                Divide(start, from);
                _segments.Add((from, period, count));
                Divide(from + period * count, end);
                return true;
            }
        }
        return false;
    }

    /// <summary>
    /// For every operation a number that tells what it is and how far from it its operands are, if these are near. What is done along the edges of a graph, or by the nonzeros of a matrix, again and again
    /// is the same operation all the time, and repeats in this only.
    /// </summary>
    private uint[] Distances
    {
        get
        {
            if (_distances is not null)
                return _distances;
            _distances = FreshPages.Uncleared<uint>(_codes.Length);
            for (var place = 0; place < _distances.Length; place++)
            {
                uint code = _codes[place];
                foreach (var operand in _trace.OperandsOf(_nodes[place]))
                {
                    var distance = _places[operand] >= 0 ? place - _places[operand] : 0;
                    code = (code * 0x01000193) ^ (distance is > 0 and <= FarthestOperand ? (uint)distance + 2 : _trace.IsConstant(operand) ? 1u : 0u);
                }
                _distances[place] = code;
            }
            return _distances;
        }
    }

    /// <summary>Where a body begins: where fewest of the numbers of one are read by the next.</summary>
    private int BestStart(int start, int end, int period)
    {
        // In the middle all is as usual. Numbers that live longer than two periods are read by all bodies alike.
        var middle = start + (end - start) / period / 2 * period;
        var last = new int[3 * period];
        var origin = Math.Max(start, middle - period);
        for (var reader = origin; reader < Math.Min(end, origin + 3 * period); reader++)
            foreach (var operand in _trace.OperandsOf(_nodes[reader]))
                if (_places[operand] - origin is >= 0 and var place)
                    last[place] = reader;
        var changes = new int[period + 1];
        for (var place = origin; place < middle + period; place++)
        {
            var (from, to) = (Math.Max(place + 1, middle), Math.Min(last[place - origin], middle + period - 1));
            if (from > to)
                continue;
            changes[from - middle]++;
            changes[to + 1 - middle]--;
        }
        var (cut, fewest, alive) = (0, int.MaxValue, 0);
        for (var k = 0; k < period; k++)
        {
            alive += changes[k];
            if (alive < fewest)
                (cut, fewest) = (k, alive);
        }
        return start + (middle + cut - start) % period;
    }

    /// <summary>The longest run of bodies around the middle one whose operations read the same places of themselves.</summary>
    private (int Start, int Count) Alike(int start, int period, int count)
    {
        if (count < 1)
            return (start, 0);
        var middle = count / 2;
        var usual = Operands(start + middle * period, period);
        var (first, end) = (middle, middle + 1);
        while (first > 0 && IsAlike(first - 1))
            first--;
        while (end < count && IsAlike(end))
            end++;
        return (start + first * period, end - first);

        bool IsAlike(int time) => HasOperands(start + time * period, period, usual, start + middle * period);
    }

    /// <summary>What the operands of a body are, one after the other: places in it, <see cref="Outside"/>, or <see cref="Literal"/>.</summary>
    private int[] Operands(int start, int period)
    {
        var kinds = new List<int>();
        for (var place = start; place < start + period; place++)
            foreach (var operand in _trace.OperandsOf(_nodes[place]))
                kinds.Add(KindOf(operand, start, period));
        return [.. kinds];
    }

    private int KindOf(int operand, int start, int period)
    {
        var place = _places[operand] - start;
        return place >= 0 && place < period ? place : _trace.IsConstant(operand) ? Literal : Outside;
    }

    private bool HasOperands(int start, int period, int[] usual, int usualStart)
    {
        var next = 0;
        for (var k = 0; k < period; k++)
        {
            var (node, other) = (_nodes[start + k], _nodes[usualStart + k]);
            if (_trace.Operations[node] != _trace.Operations[other])
                return false;
            var operands = _trace.OperandsOf(node);
            if (operands.Length != _trace.OperandsOf(other).Length)
                return false;
            foreach (var operand in operands)
                if (usual[next++] != KindOf(operand, start, period))
                    return false;
            if (Primitive.ArityOf(_trace.Operations[node]) == Arity.Parametric && !_trace.ParametersOf(node).SequenceEqual(_trace.ParametersOf(other)))
                return false;
        }
        return true;
    }

    private RecurrenceSegment[] Segments()
    {
        var isActive = ActiveNodes();
        var isRead = ReadFromOutside();
        var segments = new RecurrenceSegment[_segments.Count];
        for (var k = 0; k < segments.Length; k++)
            segments[k] = Segment(_segments[k].Start, _segments[k].Period, _segments[k].Count, isRead[k], isActive);
        return segments;
    }

    /// <summary>The nodes that depend on an input.</summary>
    private bool[] ActiveNodes()
    {
        var isActive = new bool[_trace.NodeCount];
        isActive.AsSpan(0, _trace.InputCount).Fill(true);
        foreach (var node in _nodes)
            foreach (var operand in _trace.OperandsOf(node))
                isActive[node] |= isActive[operand];
        return isActive;
    }

    /// <summary>For every segment the places of its body that something else than the same body at the same time reads.</summary>
    private bool[][] ReadFromOutside()
    {
        var segmentOf = new int[_nodes.Length];
        var isRead = new bool[_segments.Count][];
        for (var k = 0; k < isRead.Length; k++)
        {
            var (start, period, count) = _segments[k];
            isRead[k] = new bool[period];
            Array.Fill(segmentOf, k, start, period * count);
        }
        foreach (var output in _trace.Outputs)
            Read(output, -1);
        if (_withGuards)
            foreach (var guard in _trace.Guards)
                Read(guard.Node, -1);
        for (var reader = 0; reader < _nodes.Length; reader++)
            foreach (var operand in _trace.OperandsOf(_nodes[reader]))
                Read(operand, reader);
        return isRead;

        void Read(int node, int reader)
        {
            if (_places[node] is not (>= 0 and var place))
                return;
            var (start, period, _) = _segments[segmentOf[place]];
            if (reader < 0 || segmentOf[reader] != segmentOf[place] || (reader - start) / period != (place - start) / period)
                isRead[segmentOf[place]][(place - start) % period] = true;
        }
    }

    private RecurrenceSegment Segment(int start, int period, int count, bool[] isRead, bool[] isActive)
    {
        var (leaves, parameters) = (new Sequences<int>(), new Sequences<double>());
        // For every operand the leaf, or the parameter, that it is.
        var numbers = new List<int>();
        for (var k = 0; k < period; k++)
        {
            var operands = _trace.OperandsOf(_nodes[start + k]).Length;
            for (var operand = 0; operand < operands; operand++)
                numbers.Add(KindOf(OperandAt(0, k, operand), start, period) switch
                {
                    Outside => leaves.NumberOf(Over(time => OperandAt(time, k, operand))),
                    Literal => parameters.NumberOf(Over(time => _trace.ConstantOf(OperandAt(time, k, operand)))),
                    _ => -1,
                });
        }
        int[] active = [.. Enumerable.Range(0, leaves.Count).Where(leaf => leaves[leaf].Any(node => isActive[node]))];
        int[] order = [.. active, .. Enumerable.Range(0, leaves.Count).Except(active)];
        int[] varied = [.. Enumerable.Range(0, parameters.Count).Where(parameter => parameters[parameter].Any(number => !Sequences<double>.AreSame(number, parameters[parameter][0])))];
        var builder = new TraceBuilder(order.Length + varied.Length, order.Length + varied.Length + 2 * period);
        var (inputOf, literalOf, body) = (new int[leaves.Count], new int[parameters.Count], new int[period]);
        for (var k = 0; k < order.Length; k++)
            inputOf[order[k]] = k;
        for (var parameter = 0; parameter < literalOf.Length; parameter++)
            literalOf[parameter] = Array.IndexOf(varied, parameter) is >= 0 and var k ? order.Length + k : builder.Constant(parameters[parameter][0]);
        var next = 0;
        for (var k = 0; k < period; k++)
        {
            var node = _nodes[start + k];
            var operands = _trace.OperandsOf(node).ToArray();
            for (var operand = 0; operand < operands.Length; operand++)
            {
                var (kind, number) = (KindOf(operands[operand], start, period), numbers[next++]);
                operands[operand] = kind switch
                {
                    Outside => inputOf[number],
                    Literal => literalOf[number],
                    _ => body[kind],
                };
            }
            body[k] = builder.Copy(_trace, node, operands);
        }
        int[] results = [.. Enumerable.Range(0, period).Where(k => isRead[k])];
        return new RecurrenceSegment(
            builder.Build(Array.ConvertAll(results, k => body[k])), count, active.Length,
            Array.ConvertAll(order, leaf => leaves[leaf]), Array.ConvertAll(varied, parameter => parameters[parameter]),
            Array.ConvertAll(results, k => Over(time => _nodes[start + time * period + k])));

        int OperandAt(int time, int k, int operand) => _trace.OperandsOf(_nodes[start + time * period + k])[operand];

        T[] Over<T>(Func<int, T> at)
        {
            var all = new T[count];
            for (var time = 0; time < count; time++)
                all[time] = at(time);
            return all;
        }
    }

    /// <summary>Different sequences, numbered in the order in which they come.</summary>
    private sealed class Sequences<T>
        where T : struct, IEquatable<T>
    {
        private readonly List<T[]> _all = [];
        private readonly Dictionary<(T First, T Middle, T Last), List<int>> _byEnds = [];

        public int Count => _all.Count;

        public T[] this[int number] => _all[number];

        public static bool AreSame(T a, T b) => a is double x && b is double y ? BitConverter.DoubleToInt64Bits(x) == BitConverter.DoubleToInt64Bits(y) : a.Equals(b);

        public int NumberOf(T[] sequence)
        {
            // Numbers that are equal but not the same, as zeros of both signs, differ below.
            var ends = (sequence[0], sequence[sequence.Length / 2], sequence[^1]);
            if (!_byEnds.TryGetValue(ends, out var numbers))
                _byEnds.Add(ends, numbers = []);
            foreach (var number in numbers)
                if (AreAllSame(_all[number], sequence))
                    return number;
            numbers.Add(_all.Count);
            _all.Add(sequence);
            return _all.Count - 1;
        }

        private static bool AreAllSame(T[] a, T[] b)
        {
            for (var k = 0; k < a.Length; k++)
                if (!AreSame(a[k], b[k]))
                    return false;
            return true;
        }
    }
}

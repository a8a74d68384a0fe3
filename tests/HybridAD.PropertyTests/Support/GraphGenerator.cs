using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.PropertyTests.Support;

/// <summary>What graphs a property wants.</summary>
internal enum GraphKind
{
    /// <summary>Smooth around the point, moderate numbers.</summary>
    Tame,

    /// <summary>Anything: NaN, infinities, kinks, jumps, points on boundaries.</summary>
    Wild,
}

/// <summary>Random graphs of every primitive in all shapes. The same seed and size give the same graph.</summary>
internal sealed class GraphGenerator
{
    private static readonly Primitive[] All = [.. Primitive.All.OrderBy(primitive => primitive.Code)];
    private static readonly byte[] Frequent = [Op.Add, Op.Sub, Op.Mul, Op.Mul, Op.Div, Op.Neg, Op.Sin, Op.Exp, Op.Sum, Op.FusedMultiplyAdd, Op.Select, Op.Pow];
    private static readonly double[] Literals = [0, -0.0, 1, -1, 2, 0.5, -2, 3, 0.1, 1.5, -3, 4, 7, 1e-3];
    private static readonly double[] WildNumbers =
        [0, -0.0, 1, -1, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e200, -1e-200, double.Epsilon, 0.5, 2];

    private readonly Random _random;
    private readonly bool _tame;
    private readonly Shape _shape;
    private readonly TraceBuilder _builder;
    private readonly double[] _point;
    private readonly List<double> _values = [];
    private readonly List<bool> _varied = [];
    private readonly List<bool> _differentiable = [];
    private readonly Queue<int> _unused = new();
    private int _floor;
    private int _layer;

    private GraphGenerator(Random random, GraphKind kind, Shape shape, int inputs)
    {
        _random = random;
        _tame = kind == GraphKind.Tame;
        _shape = shape;
        _builder = new TraceBuilder(inputs);
        _point = new double[inputs];
        for (var input = 0; input < inputs; input++)
        {
            _point[input] = _tame || random.Next(4) != 0 ? 4 * random.NextDouble() - 2 : WildNumbers[random.Next(WildNumbers.Length)];
            Note(input, _point[input], true, true);
        }
    }

    private enum Shape
    {
        Mixed,
        Tree,
        Hubs,
        Chain,
        Layers,
        Waist,
    }

    public static GraphCase Create(int seed, int size, GraphKind kind)
    {
        var random = new Random(seed);
        var shape = (Shape)random.Next(6);
        var operations = random.Next(size / 8, 3 + size / 2);
        var (inputs, outputs) = random.Next(12) switch
        {
            0 => (random.Next(1, 4), random.Next(5, 30)),
            1 => (random.Next(8, 40), random.Next(1, 3)),
            2 => (random.Next(10, 40), random.Next(10, 40)),
            3 => (random.Next(0, 2), random.Next(0, 3)),
            _ => (random.Next(1, 7), random.Next(1, 7)),
        };
        // Now and then a graph of thousands of nodes, or one whose rows and columns fill several blocks of bits.
        if (size > 50 && random.Next(150) == 0)
            operations = random.Next(1000, 4000);
        if (size > 50 && random.Next(150) == 0)
            (inputs, outputs) = (random.Next(1, 120), random.Next(1, 120));
        return Create(random, seed, kind, shape, inputs, operations, outputs);
    }

    /// <summary>A graph with more inputs and outputs than a block of sparsity bits holds.</summary>
    public static GraphCase CreateWide(int seed, GraphKind kind)
    {
        var random = new Random(seed);
        return Create(random, seed, kind, Shape.Mixed, random.Next(400, 1300), random.Next(500, 1500), random.Next(400, 1300));
    }

    private static GraphCase Create(Random random, int seed, GraphKind kind, Shape shape, int inputs, int operations, int outputs)
    {
        var generator = new GraphGenerator(random, kind, shape, inputs);
        return new GraphCase(generator.Trace(operations, outputs), generator._point, generator._tame, seed);
    }

    private Trace Trace(int operations, int outputs)
    {
        if (_builder.NodeCount == 0)
            AddLiteral();
        while (operations-- > 0)
        {
            AddOperation();
            if (_shape == Shape.Waist && operations % 20 == 10)
                _floor = Math.Max(0, _builder.NodeCount - _random.Next(1, 3));
            if (_shape == Shape.Layers && operations % 12 == 0)
                (_floor, _layer) = (_layer, _builder.NodeCount - 1);
            if (!_tame && _random.Next(30) == 0)
                _builder.AddGuard(_builder.NodeCount - 1, _values[^1]);
        }
        var ids = new int[outputs];
        for (var row = 0; row < outputs; row++)
            ids[row] = _random.Next(10) switch
            {
                // Inputs, literals and duplicates among the outputs, and nodes that others use.
                < 2 => _random.Next(_builder.NodeCount),
                2 when row > 0 => ids[_random.Next(row)],
                _ => _random.Next(Math.Max(0, _builder.NodeCount - 2 * outputs - 2), _builder.NodeCount),
            };
        return _builder.Build(ids, null, _point);
    }

    private void AddOperation()
    {
        if (_random.Next(12) == 0)
            AddLiteral();
        for (var attempt = 0; attempt < 8; attempt++)
        {
            var primitive = _random.Next(2) == 0 ? Primitive.Of(Frequent[_random.Next(Frequent.Length)]) : All[_random.Next(All.Length)];
            var operands = new int[primitive.Arity switch { Arity.Binary => 2, Arity.Ternary => 3, Arity.List => ListLength(), _ => 1 }];
            for (var k = 0; k < operands.Length; k++)
                operands[k] = k > 0 && _random.Next(6) == 0 ? operands[k - 1] : Operand();
            // Selections are mostly on comparisons, as in code.
            if (primitive.Code == Op.Select && _random.Next(2) == 0)
                operands[0] = Added(Catalog.Less, [Operand(), Operand()], []) ?? operands[0];
            var parameters = Parameters.Of(primitive, _random);
            if (Added(primitive, operands, parameters) is not null)
                return;
            Enclose(primitive, operands);
            if (Added(primitive, operands, parameters) is not null)
                return;
        }
        Added(Catalog.Sin, [Operand()], []);
    }

    private int ListLength() => _random.Next(40) == 0 ? _random.Next(60, 90) : _random.Next(1, 6);

    /// <summary>Brings operands that lie outside smoothly into a box of the primitive: middle + radius · sin(operand).</summary>
    private void Enclose(Primitive primitive, int[] operands)
    {
        var boxes = Boxes.Of(primitive);
        var box = boxes[_random.Next(boxes.Length)];
        for (var k = 0; k < operands.Length; k++)
        {
            var interval = box[Math.Min(k, box.Length - 1)];
            if (interval.Contains(_values[operands[k]]))
                continue;
            var sine = Added(Catalog.Sin, [operands[k]], []) ?? operands[k];
            operands[k] = Added(Catalog.FusedMultiplyAdd, [sine, Literal(interval.Radius), Literal(interval.Middle)], []) ?? operands[k];
        }
    }

    /// <summary>The id of the new operation, or null where a tame graph cannot have it.</summary>
    private int? Added(Primitive primitive, int[] operands, double[] parameters)
    {
        var values = operands.Select(operand => _values[operand]).ToArray();
        var varied = operands.Select(operand => _varied[operand]).ToArray();
        if (_tame && !Tameness.Holds(primitive, values, varied, parameters))
            return null;
        var id = primitive.Arity switch
        {
            Arity.Unary => _builder.Unary(primitive.Code, operands[0]),
            Arity.Binary => _builder.Binary(primitive.Code, operands[0], operands[1]),
            Arity.Parametric => _builder.Parametric(primitive.Code, operands[0], parameters),
            _ => _builder.List(primitive.Code, operands),
        };
        var differentiable = false;
        for (var k = 0; k < operands.Length; k++)
            differentiable |= _differentiable[operands[k]] && primitive.FormOf(k) != PartialForm.Zero;
        Note(id, primitive.Value(values, parameters), varied.Contains(true), differentiable);
        return id;
    }

    private void AddLiteral() => Literal(_tame || _random.Next(3) != 0 ? Literals[_random.Next(Literals.Length)] : WildNumbers[_random.Next(WildNumbers.Length)]);

    private int Literal(double value)
    {
        var id = _builder.Constant(value);
        Note(id, value, false, false);
        return id;
    }

    private void Note(int id, double value, bool varied, bool differentiable)
    {
        _differentiable.Add(differentiable);
        _values.Add(value);
        _varied.Add(varied);
        _unused.Enqueue(id);
    }

    /// <summary>An operand; half of the time a second try where the first has no derivative, or steps and literals would end most paths.</summary>
    private int Operand()
    {
        var operand = AnyOperand();
        return _differentiable[operand] || _random.Next(2) == 0 ? operand : AnyOperand();
    }

    private int AnyOperand()
    {
        var count = _builder.NodeCount;
        return _shape switch
        {
            Shape.Tree when _unused.Count > 0 => _unused.Dequeue(),
            Shape.Hubs => _random.Next(3) != 0 ? _random.Next(Math.Min(count, 4)) : _random.Next(count),
            Shape.Chain => _random.Next(3) != 0 ? count - 1 : _random.Next(count),
            Shape.Layers or Shape.Waist => _random.Next(Math.Min(_floor, count - 1), count),
            _ => _random.Next(2) == 0 ? _random.Next(count) : _random.Next(Math.Max(0, count - 8), count),
        };
    }
}

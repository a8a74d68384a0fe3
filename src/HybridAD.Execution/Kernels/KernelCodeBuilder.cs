using System.Runtime.InteropServices;
using HybridAD.Execution.Kernels.Steps;
using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Execution.Kernels;

/// <summary>
/// Builds straight-line code, every expression once. What it simplifies is exact in IEEE arithmetic: literals are computed by the scalar rules, and
/// x·1, x/1, x·−1, x − 0, x + −0 and −−x need no arithmetic; x·0 stays, because x may be ∞ or NaN.
/// </summary>
/// <param name="loadCount">Number of load streams.</param>
/// <param name="exactValues">
/// Whether values of the traced function keep the roundings of its scalar evaluation; otherwise their products are fused with additions like those
/// of derivatives.
/// </param>
/// <param name="movesSigns">
/// Whether −a · b is written as −(a · b), so that sums take up the sign: fewer instructions, and shorter chains, in code of one instance.
/// </param>
internal sealed partial class KernelCodeBuilder(int loadCount, bool exactValues = true, bool movesSigns = false)
{
    private readonly List<KernelStep> _steps = [];
    private readonly List<bool> _exact = [];
    private readonly Dictionary<Key, int> _known = [];
    private readonly List<int> _stores = [];
    private readonly List<bool> _isWild = [];
    private readonly Dictionary<int, Choice> _choices = [];

    /// <summary>The steps so far; numbers of steps are not those of the code that is built in the end.</summary>
    public int Count => _steps.Count;

    /// <summary>A step so far.</summary>
    public KernelStep this[int step] => _steps[step];

    /// <summary>The steps so far; not to be kept.</summary>
    public ReadOnlySpan<KernelStep> Steps => CollectionsMarshal.AsSpan(_steps);

    /// <summary>A number.</summary>
    public int Literal(double number) => Intern(new(StepKind.Literal, Number: number));

    /// <summary>The number that a load stream delivers.</summary>
    public int Load(int stream)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)stream, (uint)loadCount, nameof(stream));
        return Intern(new(StepKind.Load, A: stream));
    }

    /// <summary>The value of an operation of the traced function with one operand.</summary>
    public int Value(byte operation, int a) => Kept(Unary(operation, a));

    /// <summary>The value of an operation of the traced function with two operands.</summary>
    public int Value(byte operation, int a, int b) => Kept(Binary(operation, a, b));

    /// <summary>A step of a code that is built already, with the numbers that its operands have here.</summary>
    public int Copy(in KernelStep step) => Kept(Intern(step));

    /// <summary>a + b in derivative arithmetic, which may fuse it with a product.</summary>
    public int Add(int a, int b) => Binary(Op.Add, a, b);

    /// <summary>a − b in derivative arithmetic.</summary>
    public int Subtract(int a, int b) => Binary(Op.Sub, a, b);

    /// <summary>a · b in derivative arithmetic.</summary>
    public int Multiply(int a, int b) => Product(a, b, 0);

    /// <summary>−a.</summary>
    public int Negate(int a)
    {
        var negated = Unary(Op.Neg, a);
        if (IsChosen(a, out var choice))
            _choices.TryAdd(negated, choice with { Left = NumberOf(choice, 0), Right = Literal(-1) });
        return negated;
    }

    /// <summary>a · b + c, rounded once where the hardware can.</summary>
    public int MultiplyAdd(int a, int b, int c) => Intern(new(StepKind.MultiplyAdd, A: Math.Min(a, b), B: Math.Max(a, b), C: c));

    /// <summary><paramref name="ifTrue"/> where the condition is nonzero or NaN, else <paramref name="ifFalse"/>.</summary>
    public int Select(int condition, int ifTrue, int ifFalse)
    {
        if (ifTrue == ifFalse)
            return ifTrue;
        if (IsLiteral(condition, out var number))
            return number != 0 ? ifTrue : ifFalse;
        return Intern(new(StepKind.Select, A: condition, B: ifTrue, C: ifFalse));
    }

    /// <summary>Adds a store stream that writes a step; returns its number.</summary>
    public int Store(int step)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)step, (uint)_steps.Count, nameof(step));
        _stores.Add(step);
        return _stores.Count - 1;
    }

    /// <summary>Whether a step is a literal, and which.</summary>
    public bool IsLiteral(int step, out double number)
    {
        number = _steps[step].Number;
        return _steps[step].Kind == StepKind.Literal;
    }

    /// <summary>The code: products fused with additions where allowed, without steps that no store needs.</summary>
    public KernelCode Build()
    {
        var steps = _steps.ToArray();
        Fusion.Fuse(steps, [.. _exact], _stores);
        var number = new int[steps.Length];
        foreach (var store in _stores)
            number[store] = 1;
        var live = 0;
        for (var k = steps.Length - 1; k >= 0; k--)
        {
            if (number[k] == 0)
                continue;
            live++;
            foreach (var operand in Operands.Of(steps[k]))
                number[operand] = 1;
        }
        var kept = new KernelStep[live];
        live = 0;
        for (var k = 0; k < steps.Length; k++)
            if (number[k] != 0)
            {
                kept[live] = Operands.Renumbered(steps[k], number);
                number[k] = live++;
            }
        return new KernelCode(kept, loadCount, [.. _stores.Select(store => number[store])]);
    }

    private int Kept(int step)
    {
        // The same sum may have been asked for by derivative arithmetic before: the stricter wish counts for both.
        if (exactValues)
            _exact[step] = true;
        return step;
    }

    private int Unary(byte operation, int a)
    {
        if (operation == Op.Square)
            return Binary(Op.Mul, a, a);
        if (IsLiteral(a, out var x))
            return Literal(Primitives.Value(operation, [x]));
        if (operation == Op.Neg && _steps[a] is { Kind: StepKind.Value, Operation: Op.Neg } inner)
            return inner.A;
        return Intern(new(StepKind.Value, operation, a));
    }

    private int Binary(byte operation, int a, int b)
    {
        var leftKnown = IsLiteral(a, out var left);
        var rightKnown = IsLiteral(b, out var right);
        if (leftKnown && rightKnown)
            return Literal(Primitives.Value(operation, [left, right]));
        switch (operation)
        {
            case Op.Mul when leftKnown && left == 1:
            case Op.Add when leftKnown && IsMinusZero(left):
                return b;
            case Op.Mul or Op.Div when rightKnown && right == 1:
            case Op.Add when rightKnown && IsMinusZero(right):
            case Op.Sub when rightKnown && right == 0 && !double.IsNegative(right):
                return a;
            case Op.Mul when leftKnown && left == -1:
            case Op.Sub when leftKnown && IsMinusZero(left):
                return Unary(Op.Neg, b);
            case Op.Mul or Op.Div when rightKnown && right == -1:
                return Unary(Op.Neg, a);
            case Op.Div when rightKnown && double.IsPow2(Math.Abs(right)) && double.IsNormal(1 / right):
                return Binary(Op.Mul, a, Literal(1 / right));
            case Op.Add when IsNegation(b, out var negated):
                return Binary(Op.Sub, a, negated);
            case Op.Add when IsNegation(a, out var negated):
                return Binary(Op.Sub, b, negated);
            case Op.Sub when IsNegation(b, out var negated):
                return Binary(Op.Add, a, negated);
            case Op.Mul or Op.Div when IsNegation(a, out var first) && IsNegation(b, out var second):
                return Binary(operation, first, second);
            case Op.Mul or Op.Div when leftKnown && IsNegation(b, out var negated):
                return Binary(operation, Literal(-left), negated);
            case Op.Mul or Op.Div when rightKnown && IsNegation(a, out var negated):
                return Binary(operation, negated, Literal(-right));
            case Op.Mul or Op.Div when movesSigns && IsNegation(a, out var negated):
                return Unary(Op.Neg, Binary(operation, negated, b));
            case Op.Mul or Op.Div when movesSigns && IsNegation(b, out var negated):
                return Unary(Op.Neg, Binary(operation, a, negated));
        }
        return operation is Op.Add or Op.Mul && a > b ? Intern(new(StepKind.Value, operation, b, a)) : Intern(new(StepKind.Value, operation, a, b));
    }

    private static bool IsMinusZero(double number) => number == 0 && double.IsNegative(number);

    private bool IsNegation(int step, out int negated)
    {
        negated = _steps[step].A;
        return _steps[step] is { Kind: StepKind.Value, Operation: Op.Neg };
    }

    private int Intern(KernelStep step)
    {
        var key = new Key(step.Kind, step.Operation, step.A, step.B, step.C, BitConverter.DoubleToInt64Bits(step.Number));
        if (_known.TryGetValue(key, out var known))
            return known;
        _known.Add(key, _steps.Count);
        _isWild.Add(IsWild(step));
        _steps.Add(step);
        _exact.Add(false);
        return _steps.Count - 1;
    }

    /// <summary>A step with its number by bits: 0 and −0 differ.</summary>
    private readonly record struct Key(StepKind Kind, byte Operation, int A, int B, int C, long Bits);

    /// <summary>The scalar rules.</summary>
    private static class Primitives
    {
        public static double Value(byte operation, ReadOnlySpan<double> x) => KernelOperation.Of(operation).Value(x, []);

        public static double Partial(byte operation, int operand, ReadOnlySpan<double> x, double y)
        {
            Span<double> partials = stackalloc double[2];
            KernelOperation.Of(operation).Partials(x, [], y, partials[..x.Length]);
            return partials[operand];
        }
    }
}

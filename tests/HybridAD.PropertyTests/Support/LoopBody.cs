using System.Globalization;
using System.Numerics;

namespace HybridAD.PropertyTests.Support;

/// <summary>A random expression of three numbers and a literal. It is bounded, and so are its derivatives.</summary>
internal sealed class LoopBody
{
    private const int Operands = 4;

    private readonly (int Operation, int Left, int Right)[] _steps;

    private LoopBody((int Operation, int Left, int Right)[] steps) => _steps = steps;

    public static LoopBody Create(Random random)
    {
        var steps = new (int, int, int)[random.Next(1, 7)];
        for (var k = 0; k < steps.Length; k++)
            steps[k] = (random.Next(14), random.Next(Operands + k), random.Next(Operands + k));
        return new LoopBody(steps);
    }

    public static double Literal(Random random) => random.Next(4) switch
    {
        0 => 0,
        1 => 1,
        _ => Math.Round(2 * random.NextDouble() - 1, 2),
    };

    public T Of<T>(T a, T b, T c, T literal)
        where T : IFloatingPointIeee754<T>
    {
        Span<T> numbers = new T[Operands + _steps.Length];
        (numbers[0], numbers[1], numbers[2], numbers[3]) = (a, b, c, literal);
        for (var k = 0; k < _steps.Length; k++)
        {
            var (operation, left, right) = _steps[k];
            var (x, y) = (numbers[left], numbers[right]);
            numbers[Operands + k] = operation switch
            {
                0 => x + y,
                1 => x - y,
                2 => T.CreateChecked(0.5) * x + y,
                3 => T.Sin(x) * y,
                4 => T.Tanh(x * y),
                5 => x / (T.CreateChecked(1.5) + y * y),
                6 => T.Sqrt(T.One + x * x),
                7 => T.Exp(T.Cos(x)) - y,
                8 => T.Max(x, y),
                9 => T.Abs(x) - T.Min(x, y),
                10 => T.Pow(T.One + x * x, T.CreateChecked(0.7)),
                11 => T.Atan2(x, T.One + y * y),
                12 => x > y ? x - T.Sin(y) : y + y,
                _ => T.Log(T.CreateChecked(2) + x * x),
            };
        }
        // What is large is brought back, so that loops over loops stay tame.
        return T.Sin(numbers[^1]) + T.CreateChecked(0.125) * a;
    }

    /// <summary>An expression of two neighbours that takes arithmetic and choices only, so that it may be computed again rather than stored. It is bounded if these are.</summary>
    public T Between<T>(T a, T b, T literal)
        where T : IFloatingPointIeee754<T>
    {
        var half = T.CreateChecked(0.5);
        Span<T> numbers = new T[Operands + _steps.Length];
        (numbers[0], numbers[1], numbers[2], numbers[3]) = (a, b, b - a, literal);
        for (var k = 0; k < _steps.Length; k++)
        {
            var (operation, left, right) = _steps[k];
            var (x, y) = (numbers[left], numbers[right]);
            numbers[Operands + k] = (operation % 7) switch
            {
                0 => half * (x + y),
                1 => half * (x - y),
                2 or 3 => half * x * y,
                4 => x / (T.CreateChecked(1.5) + y * y),
                5 => T.Max(x, T.Min(y, T.Zero)),
                _ => x > y ? half * x : y,
            };
        }
        return half * (numbers[^1] + half * (b - a));
    }

    public override string ToString() => string.Join(' ', _steps.Select(step => string.Create(CultureInfo.InvariantCulture, $"{step.Operation}({step.Left},{step.Right})")));
}

using System.Globalization;
using System.Numerics;

namespace HybridAD.PropertyTests.Support;

/// <summary>
/// A random straight-line program with branches on comparisons, run on any number type as users' generic code is. The decisions it takes can be
/// recorded, or forced.
/// </summary>
internal sealed class BranchyProgram
{
    private readonly Step[] _steps;
    private readonly int[] _outputs;

    private BranchyProgram(int inputs, Step[] steps, int[] outputs) => (Inputs, _steps, _outputs) = (inputs, steps, outputs);

    private enum Kind
    {
        Add,
        Subtract,
        Multiply,
        Sine,
        Exponential,
        Maximum,
        BranchLess,
        BranchEqual,
        BranchNegative,
        BranchGreaterOrEqual,
        Loop,
    }

    public int Inputs { get; }

    public static BranchyProgram Create(Random random)
    {
        var inputs = random.Next(1, 4);
        var steps = new Step[random.Next(1, 16)];
        for (var k = 0; k < steps.Length; k++)
        {
            int Register() => random.Next(inputs + k);
            steps[k] = new Step((Kind)random.Next(11), Register(), Register(), Register(), Math.Round(3 * random.NextDouble() - 1.5, 1));
        }
        return new BranchyProgram(inputs, steps, [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(inputs + steps.Length))]);
    }

    /// <param name="x">The inputs.</param>
    /// <param name="decided">Receives every decision, or null.</param>
    /// <param name="forced">Decisions to take instead of those of the comparisons, or null.</param>
    public T[] Run<T>(ReadOnlySpan<T> x, List<bool>? decided = null, Queue<bool>? forced = null)
        where T : IFloatingPointIeee754<T>
    {
        var registers = new T[Inputs + _steps.Length];
        x.CopyTo(registers);
        for (var k = 0; k < _steps.Length; k++)
        {
            var step = _steps[k];
            var (a, b, c) = (registers[step.A], registers[step.B], registers[step.C]);
            var literal = T.CreateChecked(step.Literal);
            registers[Inputs + k] = step.Kind switch
            {
                Kind.Add => a + b * literal,
                Kind.Subtract => literal - a,
                Kind.Multiply => a * b,
                Kind.Sine => T.Sin(a),
                Kind.Exponential => T.Exp(T.Sin(a)),
                Kind.Maximum => T.Max(a, b),
                Kind.BranchLess => Decide(a < b) ? T.Sin(c) : a * literal,
                // Rounded so that equality happens.
                Kind.BranchEqual => Decide(T.Round(a) == T.Round(b)) ? c + literal : T.Cos(c),
                Kind.BranchNegative => Decide(T.IsNegative(a - literal)) ? -b : b * b,
                Kind.BranchGreaterOrEqual => Decide(a >= literal) ? c : literal,
                _ => Loop(a, b),
            };
        }
        return [.. _outputs.Select(register => registers[register])];

        bool Decide(bool outcome)
        {
            if (forced is not null)
                outcome = forced.Dequeue();
            decided?.Add(outcome);
            return outcome;
        }

        // A loop whose number of rounds depends on the point.
        T Loop(T a, T b)
        {
            var sum = a;
            for (var round = 0; round < 4 && Decide(T.Abs(sum) < T.One); round++)
                sum += b * b + T.CreateChecked(0.25);
            return sum;
        }
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Inputs} inputs; {string.Join("; ", _steps)}; outputs {string.Join(' ', _outputs)}");

    private sealed record Step(Kind Kind, int A, int B, int C, double Literal);
}

using System.Numerics;

namespace HybridAD.Cli.GradBench.Modules;

/// <summary>
/// Descent along the gradient, with a rate that doubles after ten steps and halves after a step that leads up. Its stopping rule decides the answer, and so it is that of the suite. On active
/// numbers the derivative flows through the steps that are taken; decisions are made on values.
/// </summary>
internal static class Descent
{
    private const double Tolerance = 1e-5;
    private const double FirstRate = 1e-5;
    private const int StepsOfRate = 10;

    /// <summary>Where a function is least, from a point on.</summary>
    /// <param name="function">The function.</param>
    /// <param name="gradient">Its gradient.</param>
    /// <param name="start">The point.</param>
    /// <exception cref="ModuleException">The gradient is not finite somewhere on the way: no step leads down from there, and the descent would not end.</exception>
    public static T[] Argmin<T>(Func<T[], T> function, Func<T[], T[]> gradient, T[] start)
        where T : IFloatingPointIeee754<T>
    {
        var tolerance = T.CreateTruncating(Tolerance);
        var (x, value, slope) = (start, function(start), gradient(start));
        var (rate, steps) = (FirstRate, 0);
        while (!(Length(slope) <= tolerance))
        {
            if (steps == StepsOfRate)
            {
                rate *= 2;
                steps = 0;
                continue;
            }
            var (at, factor) = (slope, T.CreateTruncating(rate));
            T[] next = [.. x.Select((number, k) => number - factor * at[k])];
            var here = x;
            if (Length([.. next.Select((number, k) => here[k] - number)]) <= tolerance)
                break;
            var nextValue = function(next);
            if (nextValue < value)
            {
                (x, value, slope) = (next, nextValue, gradient(next));
                steps++;
            }
            else
            {
                rate /= 2;
                steps = 0;
            }
        }
        return x;
    }

    private static T Length<T>(ReadOnlySpan<T> vector)
        where T : IFloatingPointIeee754<T>
    {
        var sum = T.Zero;
        foreach (var number in vector)
            sum += number * number;
        return T.IsFinite(sum) ? T.Sqrt(sum) : throw new ModuleException("the descent came to a gradient that is not finite");
    }
}

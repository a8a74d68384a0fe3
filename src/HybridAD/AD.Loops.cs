using System.Numerics;
using HybridAD.Errors;
using HybridAD.Tracing;

namespace HybridAD;

/// <content>
/// Loops that say that they are loops. They compute what the loop written out computes, on every scalar, operation by operation in the same order. Where a function is recorded they
/// mark their instances, so that what repeats need not be looked for: each body is differentiated and compiled once, however many instances it has.
/// </content>
public static partial class AD
{
    /// <summary>The results of a body for 0 … count − 1.</summary>
    /// <param name="count">How often the body is run.</param>
    /// <param name="body">The body; gets the number of the instance.</param>
    /// <param name="name">What plans call it; null for nothing.</param>
    /// <exception cref="HybridAdArgumentException">The count is negative (HAD1004).</exception>
    public static TResult[] Map<TResult>(int count, Func<int, TResult> body, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        var results = new TResult[Checked(count)];
        var recording = LoopRecording.Begin(name);
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = body(i);
            recording.EndInstance();
        }
        recording.End();
        return results;
    }

    /// <summary>The results of a body for every element of a column.</summary>
    /// <param name="column">The column.</param>
    /// <param name="body">The body; gets an element.</param>
    /// <param name="name">What plans call it; null for nothing.</param>
    public static TResult[] Map<T, TResult>(ReadOnlySpan<T> column, Func<T, TResult> body, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        var results = new TResult[column.Length];
        var recording = LoopRecording.Begin(name);
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = body(column[i]);
            recording.EndInstance();
        }
        recording.End();
        return results;
    }

    /// <summary>The results of a body for the elements of two columns, pair by pair.</summary>
    /// <param name="first">The first column.</param>
    /// <param name="second">The second column, as long.</param>
    /// <param name="body">The body; gets an element of each.</param>
    /// <param name="name">What plans call it; null for nothing.</param>
    /// <exception cref="HybridAdArgumentException">The columns are not equally long (HAD1001).</exception>
    public static TResult[] Map<T1, T2, TResult>(ReadOnlySpan<T1> first, ReadOnlySpan<T2> second, Func<T1, T2, TResult> body, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        Throw.IfLengthDiffers(second.Length, first.Length, nameof(second), "one element for each of the first column");
        var results = new TResult[first.Length];
        var recording = LoopRecording.Begin(name);
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = body(first[i], second[i]);
            recording.EndInstance();
        }
        recording.End();
        return results;
    }

    /// <summary>The sum of a term for 0 … count − 1: zero, to which one term after the other is added.</summary>
    /// <param name="count">Number of terms.</param>
    /// <param name="term">The term; gets its number.</param>
    /// <param name="name">What plans call it; null for nothing.</param>
    /// <exception cref="HybridAdArgumentException">The count is negative (HAD1004).</exception>
    public static T Sum<T>(int count, Func<int, T> term, string? name = null)
        where T : IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        ArgumentNullException.ThrowIfNull(term);
        count = Checked(count);
        var sum = T.AdditiveIdentity;
        var recording = LoopRecording.Begin(name);
        for (var i = 0; i < count; i++)
        {
            sum += term(i);
            recording.EndInstance();
        }
        recording.End();
        return sum;
    }

    /// <summary>The sum of a term for every element of a column: zero, to which one term after the other is added.</summary>
    /// <param name="column">The column.</param>
    /// <param name="term">The term; gets an element.</param>
    /// <param name="name">What plans call it; null for nothing.</param>
    public static T Sum<TElement, T>(ReadOnlySpan<TElement> column, Func<TElement, T> term, string? name = null)
        where T : IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        ArgumentNullException.ThrowIfNull(term);
        var sum = T.AdditiveIdentity;
        var recording = LoopRecording.Begin(name);
        foreach (var element in column)
        {
            sum += term(element);
            recording.EndInstance();
        }
        recording.End();
        return sum;
    }

    /// <summary>Runs a body for 0 … count − 1, whose results it stores itself: the cells of a mesh that add to the nodes around them.</summary>
    /// <param name="count">How often the body is run.</param>
    /// <param name="body">The body; gets the number of the instance.</param>
    /// <param name="name">What plans call it; null for nothing.</param>
    /// <exception cref="HybridAdArgumentException">The count is negative (HAD1004).</exception>
    public static void For(int count, Action<int> body, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        count = Checked(count);
        var recording = LoopRecording.Begin(name);
        for (var i = 0; i < count; i++)
        {
            body(i);
            recording.EndInstance();
        }
        recording.End();
    }

    private static int Checked(int count)
    {
        if (count < 0)
            Throw.OutOfRange(nameof(count), count, "0 or more");
        return count;
    }
}

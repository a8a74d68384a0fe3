using System.Runtime.CompilerServices;

namespace HybridAD.Lanes;

/// <summary>A function of one double, as a type so that a loop over it is compiled for it.</summary>
public interface IScalarFunction
{
    /// <summary>f(x).</summary>
    static abstract double Invoke(double x);
}

/// <summary>A function of two doubles.</summary>
public interface IScalarFunction2
{
    /// <summary>f(a, b).</summary>
    static abstract double Invoke(double a, double b);
}

/// <summary>A function of three doubles.</summary>
public interface IScalarFunction3
{
    /// <summary>f(a, b, c).</summary>
    static abstract double Invoke(double a, double b, double c);
}

/// <summary>
/// Applies scalar functions to one lane after the other: where a vector version is not worth its code, and where results have to be those of the
/// scalar function to the last bit.
/// </summary>
public static class LaneByLane
{
    // Optimised at once, and never inlined: the loop over the lanes would be a burden on the code around it.
    private const MethodImplOptions Whole = MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization;

    /// <summary>f(x) in every lane.</summary>
    [MethodImpl(Whole)]
    public static T Map<T, TFunction>(T x)
        where T : struct, ILanes<T>
        where TFunction : struct, IScalarFunction
    {
        for (var lane = 0; lane < T.Count; lane++)
            Lane(ref x, lane) = TFunction.Invoke(Lane(ref x, lane));
        return x;
    }

    /// <summary>f(a, b) in every lane.</summary>
    [MethodImpl(Whole)]
    public static T Map2<T, TFunction>(T a, T b)
        where T : struct, ILanes<T>
        where TFunction : struct, IScalarFunction2
    {
        for (var lane = 0; lane < T.Count; lane++)
            Lane(ref a, lane) = TFunction.Invoke(Lane(ref a, lane), Lane(ref b, lane));
        return a;
    }

    /// <summary>f(x) where the mask is set, else what is given.</summary>
    [MethodImpl(Whole)]
    public static T MapWhere<T, TFunction>(T mask, T x, T otherwise)
        where T : struct, ILanes<T>
        where TFunction : struct, IScalarFunction
    {
        for (var lane = 0; lane < T.Count; lane++)
            if (IsSet(ref mask, lane))
                Lane(ref otherwise, lane) = TFunction.Invoke(Lane(ref x, lane));
        return otherwise;
    }

    /// <summary>f(a, b) where the mask is set, else what is given.</summary>
    [MethodImpl(Whole)]
    public static T Map2Where<T, TFunction>(T mask, T a, T b, T otherwise)
        where T : struct, ILanes<T>
        where TFunction : struct, IScalarFunction2
    {
        for (var lane = 0; lane < T.Count; lane++)
            if (IsSet(ref mask, lane))
                Lane(ref otherwise, lane) = TFunction.Invoke(Lane(ref a, lane), Lane(ref b, lane));
        return otherwise;
    }

    /// <summary>f(a, b, c) where the mask is set, else what is given.</summary>
    [MethodImpl(Whole)]
    public static T Map3Where<T, TFunction>(T mask, T a, T b, T c, T otherwise)
        where T : struct, ILanes<T>
        where TFunction : struct, IScalarFunction3
    {
        for (var lane = 0; lane < T.Count; lane++)
            if (IsSet(ref mask, lane))
                Lane(ref otherwise, lane) = TFunction.Invoke(Lane(ref a, lane), Lane(ref b, lane), Lane(ref c, lane));
        return otherwise;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref double Lane<T>(ref T lanes, int lane) where T : struct, ILanes<T> => ref Unsafe.Add(ref Unsafe.As<T, double>(ref lanes), lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsSet<T>(ref T mask, int lane) where T : struct, ILanes<T> => BitConverter.DoubleToInt64Bits(Lane(ref mask, lane)) != 0;
}

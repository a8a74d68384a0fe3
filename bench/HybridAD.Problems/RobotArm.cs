using static HybridAD.Real;

namespace HybridAD.Problems;

/// <summary>Position and angles of the hand of a robot with six joints, by Denavit and Hartenberg's link matrices.</summary>
public static class RobotArm
{
    private static readonly double[] s_twist = [1.5608, 0.02, -0.013, 1.5808, -1.5658, 0.007];
    private static readonly double[] s_length = [0.01, -0.425, -0.39225, 0.003, -0.002, 0.001];
    private static readonly double[] s_offset = [0.089159, 0.004, -0.003, 0.10915, 0.09465, 0.0823];

    /// <summary>The problem.</summary>
    public static Problem Problem { get; } = new("b", "robot arm, 6 joints", Pose, [0.3, -1.1, 0.9, -0.4, 0.7, 0.2],
        new Reference(0.575003642135, 1.54727851585, -2.79781566428, 2.78609079592, 33));

    private static Real[] Pose(Real[] angles)
    {
        var hand = Link(0, angles[0]);
        for (var joint = 1; joint < angles.Length; joint++)
            hand = Product(hand, Link(joint, angles[joint]));
        return [hand[0, 3], hand[1, 3], hand[2, 3], Atan2(hand[2, 1], hand[2, 2]), Asin(-hand[2, 0]), Atan2(hand[1, 0], hand[0, 0])];
    }

    private static Real[,] Link(int joint, Real angle)
    {
        Real c = Cos(angle), s = Sin(angle);
        double ca = Math.Cos(s_twist[joint]), sa = Math.Sin(s_twist[joint]), a = s_length[joint];
        return new Real[,]
        {
            { c, -s * ca, s * sa, a * c },
            { s, c * ca, -c * sa, a * s },
            { 0, sa, ca, s_offset[joint] },
        };
    }

    /// <summary>The product of two motions, whose last row 0, 0, 0, 1 is not stored.</summary>
    private static Real[,] Product(Real[,] a, Real[,] b)
    {
        var product = new Real[3, 4];
        for (var i = 0; i < 3; i++)
            for (var j = 0; j < 4; j++)
            {
                var sum = a[i, 0] * b[0, j] + a[i, 1] * b[1, j] + a[i, 2] * b[2, j];
                product[i, j] = j < 3 ? sum : sum + a[i, 3];
            }
        return product;
    }
}

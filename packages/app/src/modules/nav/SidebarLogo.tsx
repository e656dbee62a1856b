import { Link, sidebarConfig, useSidebarOpenState } from '@backstage/core-components';
import { makeStyles } from '@material-ui/core/styles';

const useStyles = makeStyles({
  root: { height: 3 * sidebarConfig.logoHeight, display: 'flex', alignItems: 'center', marginBottom: -14 },
  link: {
    display: 'flex',
    alignItems: 'center',
    gap: 12,
    marginLeft: 20,
    color: '#fff',
    fontSize: 20,
    fontWeight: 600,
    whiteSpace: 'nowrap',
    '&:hover': { color: '#fff' },
  },
});

const Mark = () => (
  <svg width="30" height="30" viewBox="0 0 32 32" fill="none" stroke="currentColor" strokeWidth="3" strokeLinecap="round" aria-hidden>
    <path d="M9.3 9.6A9.2 9.2 0 1 1 6.9 17.6" />
    <path d="M9.6 4.6 8.9 10.4 14.6 11" strokeLinejoin="round" />
    <circle cx="16" cy="16" r="2.6" fill="#7ee2a8" stroke="none" />
  </svg>
);

export const SidebarLogo = () => {
  const classes = useStyles();
  const { isOpen } = useSidebarOpenState();
  return (
    <div className={classes.root}>
      <Link to="/" underline="none" className={classes.link} aria-label={isOpen ? undefined : 'kubectl-dr'}>
        <Mark />
        {isOpen && <span>kubectl-dr</span>}
      </Link>
    </div>
  );
};
